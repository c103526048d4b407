"""The review desk on the wire."""
