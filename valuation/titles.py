"""Titles as numbers: hashed characters and pairs of characters, projected on the main directions of the titles of the past."""

from __future__ import annotations

import base64
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

BUCKETS = 4096
TITLES_MIN = 60
"""Below this number of titles directions would be noise; the title then says nothing."""
TITLE_CHARACTERS_MAX = 300


def grams(title: str) -> set[str]:
    """The characters and neighbouring pairs of a title: half width, small letters, without blanks."""
    plain = "".join(unicodedata.normalize("NFKC", title[:TITLE_CHARACTERS_MAX]).casefold().split())
    return set(plain) | {plain[place : place + 2] for place in range(len(plain) - 1)}


@dataclass(frozen=True, slots=True)
class TitleSpace:
    """Directions fitted on the titles of the past only; `idf` is (BUCKETS,), `directions` (BUCKETS, size), float32."""

    idf: Array
    directions: Array

    @classmethod
    def fit(cls, titles: Sequence[str], weight: Array, *, size: int) -> TitleSpace | None:
        """Fit by truncated SVD of the weighted, length-normalised tf-idf matrix, from a fixed start. None: too few."""
        import numpy as np
        from scipy import sparse
        from scipy.sparse.linalg import svds

        distinct = len({title for title in titles if title})
        if distinct < TITLES_MIN:
            return None
        counts = _counts(titles)
        idf = np.log((1 + counts.shape[0]) / (1 + np.asarray(counts.sum(axis=0)).ravel())) + 1
        rows = sparse.diags_array(np.sqrt(weight / weight.mean())) @ _normalised(counts, idf)
        size = min(size, min(rows.shape) - 1)
        _, _, directions = svds(rows, k=size, v0=np.ones(min(rows.shape)))
        directions = directions[::-1]
        # The sign of a direction is free; the largest entry is made positive, so that equal titles give equal numbers.
        largest = np.abs(directions).argmax(axis=1)
        directions = directions * np.sign(directions[np.arange(size), largest])[:, None]
        return cls(idf.astype(np.float32), np.ascontiguousarray(directions.T.astype(np.float32)))

    @property
    def size(self) -> int:
        """How many directions there are."""
        return int(self.directions.shape[1])

    def transform(self, titles: Sequence[str]) -> Array:
        """The coordinates (rows, size) of titles, float64; an empty title is at the origin."""
        import numpy as np
        from scipy import sparse

        if not any(titles):
            return np.zeros((len(titles), self.size))
        rows = _normalised(_counts(titles), self.idf.astype(np.float64))
        # Few titles touch few buckets: only their directions are read.
        touched = np.bincount(rows.indices, minlength=BUCKETS) > 0
        place = np.cumsum(touched) - 1
        narrow = sparse.csr_array(
            (rows.data, place[rows.indices], rows.indptr), shape=(len(titles), int(touched.sum()))
        )
        return np.asarray(narrow @ self.directions[touched].astype(np.float64))

    def to_json(self) -> dict[str, Any]:
        """Exact, as base64 of float32."""
        return {"idf": _packed(self.idf), "directions": _packed(self.directions), "size": self.directions.shape[1]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> TitleSpace:
        """Read what `to_json` wrote."""
        return cls(_unpacked(stored["idf"]), _unpacked(stored["directions"]).reshape(BUCKETS, stored["size"]))


def _counts(titles: Sequence[str]) -> Any:
    """Which grams occur, by hashed bucket: (titles, BUCKETS), ones."""
    import numpy as np
    from scipy import sparse

    buckets = [sorted({zlib.crc32(gram.encode()) % BUCKETS for gram in grams(title)}) for title in titles]
    columns = np.fromiter((one for row in buckets for one in row), dtype=np.int32)
    ends = np.concatenate([[0], np.cumsum([len(row) for row in buckets], dtype=np.int64)])
    return sparse.csr_array((np.ones(len(columns)), columns, ends), shape=(len(titles), BUCKETS))


def _normalised(counts: Any, idf: Array) -> Any:
    import numpy as np
    from scipy import sparse

    said = counts.data * idf[counts.indices]
    of_row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(of_row, weights=said**2, minlength=counts.shape[0]))
    scaled = said * (1 / np.maximum(length, 1e-12))[of_row]
    return sparse.csr_array((scaled, counts.indices, counts.indptr), shape=counts.shape)


def _packed(numbers: Array) -> str:
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()


def _unpacked(text: str) -> Array:
    import numpy as np

    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").astype(np.float32)
