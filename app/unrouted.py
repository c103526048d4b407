"""Requests that reached no route: no such address, or another method than the address takes."""

import re

from starlette.requests import Request

from kernel.errors import Problem
from kernel.http.problems import MethodNotAllowed
from kernel.http.routing import as_problem


def problem_of(request: Request, error: Exception) -> Problem:
    """The problem to answer with; a wrong method is told every method that the address takes (RFC 9110 §15.5.6)."""
    problem = as_problem(error)
    if isinstance(problem, MethodNotAllowed):
        problem.allowed_methods = ", ".join(_methods_at(request))
    return problem


def _methods_at(request: Request) -> list[str]:
    """Of all routes with this address: the framework names the methods of the first one only."""
    found = set()
    for template, operations in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)), request.url.path):
            found |= {method.upper() for method in operations}
    return sorted(found)
