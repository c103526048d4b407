"""Contracts, signing, registration and licences over HTTP."""
