"""The listing desk on the wire."""
