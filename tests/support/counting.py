"""How many examples a law is tried on: full counts in the long run, a hundredth in `make test`."""

import os
import random
from collections.abc import Iterator


def counts(number: int) -> int:
    """The full number with MARKET_TEST_LONG=1, else a hundredth of it, at least one."""
    return number if os.environ.get("MARKET_TEST_LONG") == "1" else max(1, number // 100)


def seeded(number: int) -> Iterator[tuple[int, random.Random]]:
    """(seed, chance) for so many cases of a law: what Hypothesis has looked at cleverly is looked at in bulk, too.

    An example of Hypothesis costs milliseconds; a hundred thousand of them would take the long run's time from all others.
    """
    for seed in range(counts(number)):
        yield seed, random.Random(seed)
