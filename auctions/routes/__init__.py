"""Lots over HTTP: what the public reads, what bidders send, what the exchange decides."""
