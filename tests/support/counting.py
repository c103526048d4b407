"""How many examples a law is tried on: full counts in the long run, a hundredth in `make test`."""

import os


def counts(number: int) -> int:
    """The full number with MARKET_TEST_LONG=1, else a hundredth of it, at least one."""
    return number if os.environ.get("MARKET_TEST_LONG") == "1" else max(1, number // 100)
