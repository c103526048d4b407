"""Text from people is kept in one form, without anything that cannot be seen."""

import pytest

from kernel.texts import BadText, one_line, some_lines


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  一种电极\u3000\n", "一种电极"),
        ("cafe\u0301", "café"),
        ("Ａ１ ＋ é", "Ａ１ ＋ é"),  # full-width text stays: form C, not KC
        ("a b", "a b"),
        ("温州\u00a0大学", "温州\u00a0大学"),
        ("😀", "😀"),
    ],
)
def test_a_line_is_trimmed_and_in_normal_form(raw, kept):
    assert one_line(raw) == kept


@pytest.mark.parametrize(
    "hidden",
    [
        *("\0", "\a", "\x1b", "\x7f", "\x85", "\u061c"),
        *("\u200b", "\u200d", "\u200f", "\u2028", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff", "\uffff"),
        "\ud800",
    ],
)
def test_what_cannot_be_seen_is_refused_everywhere(hidden):
    for clean in (one_line, some_lines):
        for text in (f"a{hidden}b", f"{hidden}a", f"a{hidden}"):
            with pytest.raises(BadText) as refused:
                clean(text)
            assert str(refused.value) in ("characters", "lone-surrogate")


@pytest.mark.parametrize("inner", ["a\nb", "a\tb", "a\rb"])
def test_a_line_has_no_line_end_inside(inner):
    with pytest.raises(BadText):
        one_line(inner)


def test_longer_text_keeps_its_lines_and_tabs():
    assert some_lines("\r\n一\r\n\t二\r三\n\n") == "一\n\t二\n三"
    assert some_lines(" \n ") == ""
