"""Plan the training of general practitioners: who goes where, when, supervised by whom, and how long every list is."""
