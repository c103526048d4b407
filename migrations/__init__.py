"""Migrations, named by time; `market migrate` runs them."""
