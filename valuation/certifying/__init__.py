"""Certificates of valuations: signed documents from which anybody can compute the price again without our libraries."""
