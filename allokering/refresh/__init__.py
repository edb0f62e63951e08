"""Residents, list figures and travel times brought up to date from files that others publish."""
