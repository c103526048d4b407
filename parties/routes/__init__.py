"""The parties over HTTP: organisations, people, sign-in, keys, affiliations."""
