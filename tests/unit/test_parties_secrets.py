"""Passwords, keys and tokens: what is accepted, what is kept, what a stranger can tell from it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties import tokens
from parties.errors import PasswordTooCommon, PasswordTooShort
from parties.passwords import Hasher, check_new, is_common

CHEAP = Hasher.cheap()


@pytest.mark.parametrize(
    "password",
    [
        "password", "Password1!", "P@SSW0RD", "12345678", "87654321", "qwertyuiop", "1qaz2wsx", "aaaaaaaa", "abcabcabc",
        "woaini1314", "woaini520", "5201314520", "iloveyouiloveyou", "19900101", "a123456789", "Wenzhou2025", "ｐａｓｓｗｏｒｄ",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password):
    with pytest.raises(PasswordTooCommon):
        check_new(password)


@pytest.mark.parametrize(
    "password", ["a lamp beside the river", "江边有一盏旧灯笼", "kP3vQ9xW", "correct horse battery"]
)
def test_any_other_password_is_accepted_without_rules_of_composition(password):
    check_new(password)


@pytest.mark.parametrize("password", ["short", "七个字也不够长", "x" * 129], ids=["5", "7", "129"])
def test_a_password_has_eight_to_one_hundred_and_twenty_eight_characters(password):
    with pytest.raises(PasswordTooShort):
        check_new(password)


@pytest.mark.parametrize("password", ["liwei.hangzhou@example.cn", "LiWei.Hangzhou"])
def test_ones_own_address_is_no_password(password):
    with pytest.raises(PasswordTooCommon):
        check_new(password, email="liwei.hangzhou@example.cn")


@given(st.text(max_size=200))
def test_judging_a_password_never_fails(password):
    assert is_common(password) in (True, False)


def test_the_right_password_opens_and_another_does_not():
    kept = CHEAP.hash("a lamp beside the river")

    assert CHEAP.verify(kept, "a lamp beside the river")
    assert not CHEAP.verify(kept, "a lamp beside the sea")


def test_the_same_letter_typed_another_way_is_the_same_password():
    kept = CHEAP.hash("café au lait")

    assert CHEAP.verify(kept, unicodedata.normalize("NFD", "café au lait"))


def test_two_long_passwords_that_differ_at_the_end_are_different():
    kept = CHEAP.hash("x" * 127 + "a")

    assert not CHEAP.verify(kept, "x" * 127 + "b")


@pytest.mark.parametrize("kept", [None, "not a hash"])
def test_nobody_is_let_in_without_a_hash(kept):
    assert not CHEAP.verify(kept, "nobody has this password")


def test_hashes_are_argon2id_and_never_twice_the_same():
    one, other = CHEAP.hash("a lamp beside the river"), CHEAP.hash("a lamp beside the river")

    assert one.startswith("$argon2id$")
    assert one != other


def test_a_hash_with_other_parameters_is_outdated():
    assert Hasher(time_cost=1, memory_kib=16).is_outdated(CHEAP.hash("a lamp beside the river"))


@pytest.mark.parametrize(("livemode", "prefix"), [(True, "mk_live_"), (False, "mk_test_")])
def test_a_key_says_whether_it_is_live(livemode, prefix):
    secret = tokens.make_key(livemode=livemode)

    assert secret.text.startswith(prefix)
    assert tokens.key_digest(secret.text) == secret.sha256
    assert len(secret.sha256) == 32


@given(st.integers(8, 45), st.sampled_from(tokens.ALPHABET))
def test_a_key_with_one_wrong_character_is_turned_away_without_a_query(place, character):
    text = tokens.make_key(livemode=False).text
    wrong = text[:place] + character + text[place + 1 :]

    assert (tokens.key_digest(wrong) is None) == (wrong != text)


@given(st.text(max_size=60))
def test_no_other_text_is_a_key_or_a_token(text):
    assert tokens.key_digest(text) is None
    assert tokens.key_digest("mk_live_" + text) is None
    assert tokens.token_digest(text) is None


def test_a_live_prefix_does_not_fit_the_checksum_of_a_test_key():
    body = tokens.make_key(livemode=False).text.removeprefix("mk_test_")

    assert tokens.key_digest("mk_live_" + body) is None


def test_a_secret_shows_neither_in_a_log_nor_in_its_hint():
    secret = tokens.make_key(livemode=True)

    assert secret.text not in repr(secret)
    assert len(secret.hint) < 15


def test_random_parts_hold_more_than_128_bits():
    assert 62**tokens.RANDOM_LENGTH > 2**128
