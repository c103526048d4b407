"""Money is whole fen, read exactly or not at all, shared by one rounding rule, and written as banks write it."""

from decimal import Decimal

import pytest

from kernel.money import ZERO, Money, capitals, for_people, total


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12.50", 1250),
        ("12.5", 1250),
        ("0.01", 1),
        ("-3", -300),
        ("007", 700),
        (46, 4600),
        (Decimal("12.500"), 1250),
        (Decimal("1E+3"), 100_000),
        (Decimal("-0"), 0),
        ("999999999999999.99", 99999999999999999),
    ],
)
def test_yuan_are_read_exactly(text, fen):
    assert Money.yuan(text) == Money(fen)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("46.1", 46_100_000),
        ("0.000001", 1),
        ("0.5", 500_000),
        (7, 7_000_000),
        (Decimal("5.8"), 5_800_000),
        ("-1", -1_000_000),
    ],
)
def test_ten_thousands_are_read_exactly_to_the_fen(text, fen):
    assert Money.wan(text) == Money(fen)


HOSTILE = [
    *("", " ", "abc", "1_000", " 1", "1 ", "1\n", "１２", "٣", "1,000", "+1", "1e3", "1e999999999", ".5", "5.", "0x10"),
    *("nan", "NaN", "sNaN", "inf", "-Infinity", "--1", "9" * 16, "9" * 5000),
    *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e999999"), Decimal("1e-999999"), 10**16),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: str(text)[:12])
def test_what_is_no_amount_is_refused(text):
    for read in (Money.yuan, Money.wan):
        with pytest.raises(ValueError):
            read(text)


def test_a_part_of_a_fen_is_refused_rather_than_rounded():
    with pytest.raises(ValueError):
        Money.yuan("0.005")
    with pytest.raises(ValueError):
        Money.wan("0.0000001")
    with pytest.raises(ValueError):
        # In the decimal context of 28 digits the last one would vanish unseen.
        Money.wan(Decimal("123456789012.00000000000000000000000000001"))


@pytest.mark.parametrize("value", [1.5, True, float("nan")])
def test_a_float_is_never_money(value):
    for read in (Money, Money.yuan, Money.wan):
        with pytest.raises(TypeError):
            read(value)


def test_money_adds_to_money_only():
    assert Money(1) + Money(2) - Money(5) == Money(-2)
    assert Money(3) * 4 == Money(12)
    for wrong in (
        lambda: Money(1) + 1,
        lambda: Money(1) - 1,
        lambda: Money(1) * 1.5,
        lambda: Money(1) * True,
        lambda: Money(1) < 1,
    ):
        with pytest.raises(TypeError):
            wrong()


@pytest.mark.parametrize(
    ("fen", "basis_points", "share", "share_up"),
    [(100, 500, 5, 5), (101, 5000, 51, 51), (99, 5000, 50, 50), (1, 4999, 0, 1), (-101, 5000, -51, -50), (1, 0, 0, 0)],
)
def test_a_share_is_rounded_half_away_from_zero_and_a_legal_minimum_upwards(fen, basis_points, share, share_up):
    assert Money(fen).share(basis_points) == Money(share)
    assert Money(fen).share_up(basis_points) == Money(share_up)


def test_a_share_of_money_takes_no_float():
    with pytest.raises(TypeError):
        Money(100).share(0.5)


def test_the_reward_of_the_worked_example_is_reached_to_the_fen__zhejiang_37():
    net = Money.yuan("1000000") - Money.yuan("60000") - Money.yuan("40000")

    reward = net.share_up(7_000)

    assert reward == Money.yuan("630000")
    assert reward.share_up(7_000) == Money.yuan("441000")
    assert reward.share_up(500) == Money.yuan("31500")


def test_the_odd_fen_goes_to_the_largest_remainder_and_then_to_the_earlier_part():
    assert Money(100).split([1, 1, 1]) == [Money(34), Money(33), Money(33)]
    assert Money(100).split([2, 1]) == [Money(67), Money(33)]
    assert Money(1).split([0, 1]) == [ZERO, Money(1)]


def test_a_refund_is_split_as_the_payment_was():
    assert Money(-100).split([1, 1, 1]) == [Money(-34), Money(-33), Money(-33)]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-1, 3]])
def test_a_split_needs_a_weight(weights):
    with pytest.raises(ValueError):
        Money(100).split(weights)


def test_nothing_sums_to_zero():
    assert total([]) == ZERO
    assert total([Money(1), Money(2)]) == Money(3)


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        ("812345.67", "81万元", "¥810,000"),
        ("995000", "100万元", "¥1,000,000"),
        ("99500000", "1亿元", "¥100,000,000"),
        ("123456789", "1.2亿元", "¥120,000,000"),
        ("9960", "1万元", "¥10,000"),
        ("9949", "9900元", "¥9,900"),
        ("12345", "1.2万元", "¥12,000"),
        ("7", "7元", "¥7"),
        ("1.26", "1.3元", "¥1.30"),
        ("0.01", "0.01元", "¥0.01"),
        ("0", "0元", "¥0"),
        ("-812345", "-81万元", "-¥810,000"),
    ],
)
def test_people_read_two_significant_digits(yuan, zh, en):
    assert for_people(Money.yuan(yuan)) == zh
    assert for_people(Money.yuan(yuan), "en") == en


@pytest.mark.parametrize(
    ("yuan", "written"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("1.05", "壹元零伍分"),
        ("123.45", "壹佰贰拾叁元肆角伍分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("10000", "壹万元整"),
        ("100100", "壹拾万零壹佰元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("-1", "负壹元整"),
    ],
)
def test_an_amount_is_written_in_capitals_as_banks_do(yuan, written):
    assert capitals(Money.yuan(yuan)) == written


def test_an_amount_that_no_bank_writes_is_refused():
    with pytest.raises(ValueError, match="capitals"):
        capitals(Money(10**18))


def test_money_prints_with_its_sign_before_the_currency():
    assert str(Money(123456789)) == "¥1,234,567.89"
    assert str(Money(-5)) == "-¥0.05"
