"""Numbers made up for tests that prove themselves: credit codes, resident ids, application numbers."""

from datetime import date, timedelta

from kernel.codes import application_check_digit, organisation_code_check, uscc_check_character

BODY = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def make_uscc(seed: int, *, prefix: str = "91", region: str = "330300") -> str:
    """A valid credit code; different seeds below 31^6 give different codes."""
    body, rest = "MA", seed
    for _ in range(6):
        rest, digit = divmod(rest, len(BODY))
        body += BODY[digit]
    first = prefix + region + body + organisation_code_check(body)
    return first + uscc_check_character(first)


def make_resident_id(seed: int, *, region: str = "330302") -> str:
    """A valid resident id with a birthday in the second half of the last century."""
    born = date(1950, 1, 1) + timedelta(days=seed % 18_000)
    body = f"{region}{born:%Y%m%d}{seed % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def make_application_number(serial: int, *, year: int = 2024, kind: str = "1") -> str:
    """A valid application number of twelve digits with dot and check digit."""
    digits = f"{year}{kind}{serial:07d}"
    return f"{digits}.{application_check_digit(digits)}"
