"""Names that look alike: the skeleton under which two names are one to the eye. Pure."""

import unicodedata
from typing import Final

# Letters of other scripts, digits and strokes that a reader takes for one another. Each maps to what it is taken for.
# After Unicode UTS #39 (confusable skeletons), cut down to what passes in the name of a Chinese organisation.
_TAKEN_FOR: Final = str.maketrans(
    {
        **dict(zip("авекмнорстухіјѕԁгѵьӏ", "abekmhopctyxijsdrvbl", strict=True)),
        **dict(zip("αβεηικνορτυχω", "abenikvoptuxw", strict=True)),
        "0": "o",
        "1": "l",
        "〇": "o",
        "零": "o",
        "ー": "一",
        "―": "一",
        "—": "一",
        "–": "一",
        "口": "囗",
        "曰": "日",
        "己": "已",
        "巳": "已",
        "未": "末",
        "士": "土",
        "入": "人",
        "夭": "天",
        "戌": "戊",
        "戍": "戊",
        "ı": "l",
        "i": "l",
        "|": "l",
    }
)


def skeleton(name: str) -> str:
    """What is left of a name to the eye: compatibility forms folded, case and spacing gone, look-alikes made one.

    Idempotent. Two names with one skeleton are shown to the operator as a warning, never refused by themselves.
    """
    folded = _folded(name)
    while (again := _folded(folded)) != folded:
        folded = again
    return folded


def _folded(name: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(one for one in text.translate(_TAKEN_FOR) if unicodedata.category(one)[0] in "LN")


def email_key(email: str) -> str:
    """Under what an e-mail address is one account: NFKC, lower case, no space around."""
    return unicodedata.normalize("NFKC", email.strip()).casefold().lower()
