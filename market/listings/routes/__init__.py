"""The listing desk over HTTP, one module a noun."""
