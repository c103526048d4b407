"""`python -m app.cli` is `market`, also where the script is not on the path."""

from app.cli import run

run()
