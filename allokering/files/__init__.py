"""Instances and plans as files: reading with every fault at once, writing whole or not at all."""
