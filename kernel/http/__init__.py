"""The wire: one transaction a request, problem documents, strict bodies, stored answers, and who is asking."""
