"""How text becomes words for the one search: Chinese cut by a dictionary, English and numbers in lower case. Pure."""

from __future__ import annotations

import re
from typing import Final

import rjieba

TEXT_LENGTH_MAX: Final = 20_000
WORDS_OF_A_QUERY_MAX: Final = 16
WORD_LENGTH_MAX: Final = 60
POSITION_MAX: Final = 16_383
PLACES_OF_A_WORD_MAX: Final = 32
"""Bounds of PostgreSQL's tsvector, and of our own interest in repetition."""

# Commas, quotes and the operators of a tsquery never get past this.
_WORD = re.compile(r"[0-9a-z一-鿿]+(?:[.-][0-9a-z]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text, in order, with repetitions: every dictionary word, also those inside longer ones.

    Words that the dictionary does not know come through as single characters; they are kept, so that a rare term is found
    by the characters it is made of.
    """
    found = []
    for piece in _WORD.findall(text[:TEXT_LENGTH_MAX].lower()):
        cut = rjieba.cut_for_search(piece) if _is_chinese(piece) else [piece]
        found += [word[:WORD_LENGTH_MAX] for word in cut if _WORD.fullmatch(word)]
    return found


def words_of_query(text: str) -> list[str]:
    """The distinct words that must all occur, at most sixteen."""
    return list(dict.fromkeys(words_of(text)))[:WORDS_OF_A_QUERY_MAX]


def _is_chinese(piece: str) -> bool:
    return any("一" <= character <= "鿿" for character in piece)


def search_vector(*, heading: str, body: str) -> str:
    """The text form of a tsvector: words of the heading weigh most. Words hold neither quotes nor spaces."""
    places: dict[str, list[str]] = {}
    position = 0
    for text, weight in ((heading, "A"), (body, "D")):
        for word in words_of(text):
            position = min(position + 1, POSITION_MAX)
            found = places.setdefault(word, [])
            if len(found) < PLACES_OF_A_WORD_MAX:
                found.append(f"{position}{weight}")
    return " ".join(f"'{word}':{','.join(dict.fromkeys(found))}" for word, found in sorted(places.items()))


def search_query(text: str) -> str:
    """The text form of a tsquery: all words must occur; a Latin word also matches longer ones. Empty if there is no word."""
    return " & ".join(f"'{word}'" + ("" if _is_chinese(word) else ":*") for word in words_of_query(text))
