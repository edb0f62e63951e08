"""What follows the placement: named supervisors, supervision groups and list lengths."""
