"""Valuing millions of results from a file: in bounded memory, resumable, here or on a cluster, and no row is lost."""
