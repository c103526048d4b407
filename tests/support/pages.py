"""Looking at pages without a browser: a person who signs in by the form, follows links and sends forms."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.support.house import House

ORIGIN = "https://testserver"
_TAG = re.compile(r"<[^>]+>")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Reader:
    """A visitor of the pages, the public until they sign in."""

    def __init__(self, house: House, person: Any = None) -> None:
        self.client = house._client()
        self.client.headers["Accept"] = "text/html"
        if person is not None:
            answer = self.send("/sign-in", email=person.email, password=person.password, next="/desk")
            assert answer.status_code == 303, answer.text

    def get(self, path: str, *, params: dict[str, str] | None = None, **headers: str) -> Any:
        """A page."""
        return self.client.get(path, params=params, headers=headers, follow_redirects=False)

    def send(self, path: str, /, *, origin: str | None = ORIGIN, **fields: str) -> Any:
        """A form, as a browser sends it from the market's own pages."""
        headers = {"Origin": origin} if origin else {}
        return self.client.post(path, data=fields, headers=headers, follow_redirects=False)

    def read(self, path: str, status: int = 200) -> str:
        """The words of a page, as one reads them."""
        answer = self.get(path)
        assert answer.status_code == status, f"{answer.status_code} {answer.text[:2000]}"
        return words_of(answer)


def words_of(answer: Any) -> str:
    """The text of a page without its tags, blanks run together."""
    assert answer.headers["content-type"].startswith("text/html")
    return re.sub(r"\s+", " ", html.unescape(_TAG.sub(" ", answer.text))).strip()


def hidden_of(answer: Any) -> dict[str, str]:
    """The hidden fields of a page."""
    return dict(_HIDDEN.findall(answer.text))
