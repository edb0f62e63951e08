"""The tables described in formats that other tools read, from the definitions that the reader uses."""
