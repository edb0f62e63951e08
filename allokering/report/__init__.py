"""The report: a plan as one file that people read in a browser, print and defend; nothing in it leaves the file."""
