"""The commands, one file each: check arguments, call one function, print. Data to stdout, talk to stderr."""
