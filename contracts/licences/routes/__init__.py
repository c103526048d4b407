"""The pool, trials and rewards over HTTP."""
