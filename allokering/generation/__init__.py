"""Instances drawn from the real figures of Norway: real municipalities and sums, drawn doctors and trainees."""
