"""Large-neighbourhood search: destroy operators with adaptive size, repair by sub-MIPs, and the order they run in."""
