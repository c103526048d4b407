"""Each kind of field takes its one form and refuses the rest with a code and a sentence, never with the input."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from kernel.http import fields
from kernel.http.fields import (
    BasisPoints,
    Canonical,
    Count,
    Day,
    Email,
    FenIn,
    Flag,
    IntBetween,
    LongText,
    Moment,
    Name,
    QueryInt,
    RegionCode,
    RegistrationNumber,
    Sha256Hex,
    ShortText,
    SignedFen,
    TechField,
    Uscc,
    Wire,
    explain,
)
from kernel.ids import LotId

LOT = "0190a0a0-0000-7000-8000-0000000000ab"
DIGEST = "ab" * 32
NOT_NUMBERS = [True, "1", 12.0, 1.5, None, [], "１", 10**30, -(10**30)]

ACCEPTED = [
    (FenIn, 1, 1),
    (FenIn, 10**13, 10**13),
    (SignedFen, -(10**18), -(10**18)),
    (Count, 0, 0),
    (BasisPoints, 10_000, 10_000),
    (Flag, False, False),
    (Annotated[int, IntBetween(2, 3)], 2, 2),
    (Annotated[int, QueryInt(1, 100)], "100", 100),
    (Annotated[int, QueryInt(1, 100)], 20, 20),
    (Annotated[int, QueryInt(-5, 5)], "-5", -5),
    (ShortText, " 一种电极 \n", "一种电极"),
    (ShortText, "a" * 200, "a" * 200),
    (Name, "名" * 100, "名" * 100),
    (LongText, "", ""),
    (Annotated[str, fields.Prose(20)], " 一\r\n二 ", "一\n二"),
    (LongText, "一\r\n二", "一\n二"),
    (Day, "2024-02-29", date(2024, 2, 29)),
    (Day, "1900-01-01", date(1900, 1, 1)),
    (Day, "2199-12-31", date(2199, 12, 31)),
    (Day, date(2026, 3, 2), date(2026, 3, 2)),
    (Moment, "2026-03-02T09:00:00+08:00", datetime(2026, 3, 2, 1, tzinfo=UTC)),
    (Moment, "2026-03-02T09:00:00.123456Z", datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)),
    (Moment, datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8))), datetime(2026, 3, 2, 1, tzinfo=UTC)),
    (Canonical[LotId], LOT, UUID(LOT)),
    (Canonical[LotId], UUID(LOT), UUID(LOT)),
    (Sha256Hex, DIGEST, DIGEST),
    (Email, "Li.Wei+ip@WZU.edu.cn", "li.wei+ip@wzu.edu.cn"),
    (RegionCode, "330300", "330300"),
    (Uscc, "91330100799655058B", "91330100799655058B"),
    (RegistrationNumber, "2026330300123456", "2026330300123456"),
    (TechField, "07", "07"),
]

REFUSED = [
    *[(FenIn, value) for value in [*NOT_NUMBERS, 0, -1, 10**13 + 1]],
    *[(SignedFen, value) for value in [*NOT_NUMBERS, 10**18 + 1]],
    *[(Count, value) for value in [*NOT_NUMBERS, -1, 10**6 + 1]],
    *[(BasisPoints, value) for value in [*NOT_NUMBERS, -1, 10_001]],
    *[(Flag, value) for value in [0, 1, "true", "yes", None, 1.0]],
    *[
        (Annotated[int, QueryInt(1, 100)], value)
        for value in ["0", "101", "01", "1_0", " 1", "１", "1.0", "+1", "", "1\n", True]
    ],
    *[
        (ShortText, value)
        for value in ["", " \u3000\n", "a" * 201, " " * 201, "a\nb", "a\0", "\ud800", 1, None, b"a", ["a"]]
    ],
    *[(Annotated[str, fields.Prose(20)], value) for value in ["", " \n\u3000", "a" * 21, "a\u202eb", None, 1]],
    *[(LongText, value) for value in ["a" * 20_001, "a\u202eb", "\u200b", None, 1]],
    *[
        (Day, value)
        for value in [
            *(
                "2026-02-29",
                "2026-13-01",
                "2026-1-1",
                "20260101",
                "2026-W01-1",
                "1899-12-31",
                "2200-01-01",
                "0001-01-01",
            ),
            *("2026-03-02T00:00:00Z", "2026-03-02\n", " 2026-03-02", "２026-03-02", "", 0, 1_700_000_000, None),
            datetime(2026, 3, 2, tzinfo=UTC),
        ]
    ],
    *[
        (Moment, value)
        for value in [
            *("2026-03-02T09:00:00", "2026-03-02T09:00Z", "2026-03-02 09:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02"),
            *("2026-02-30T09:00:00Z", "2026-03-02T09:00:60Z", "2026-03-02T09:00:00z", "2026-03-02T09:00:00.1234567Z"),
            *("2026-03-02T09:00:00+24:00", "2026-03-02T09:00:00Z\n", "1700000000", 1_700_000_000, 1.5, None),
            datetime(2026, 3, 2),  # noqa: DTZ001  # an instant without a zone is the point
        ]
    ],
    *[
        (Canonical[LotId], value)
        for value in [
            LOT.upper(),
            LOT.replace("-", ""),
            f"{{{LOT}}}",
            f"urn:uuid:{LOT}",
            LOT + "\n",
            "",
            1,
            None,
            b"0" * 16,
        ]
    ],
    *[(Sha256Hex, value) for value in [DIGEST.upper(), DIGEST[:-1], DIGEST + "\n", DIGEST + "0", 1, None]],
    *[
        (Email, value)
        for value in [
            *(
                "a@b",
                "@wzu.edu.cn",
                "a@@b.cn",
                ".a@b.cn",
                "a.@b.cn",
                "a..b@c.cn",
                "a@-b.cn",
                "a@b-.cn",
                "a b@c.cn",
                "a@b.c",
            ),
            *("王@wzu.edu.cn", "a@王.cn", '"a"@b.cn', "a@b.cn\n", " a@b.cn", "a" * 65 + "@b.cn", "a@b.c1", "", None, 1),
            "a@" + ".".join(["b" * 63] * 4) + ".cn",
            "a@" + "b." * 9 + "cn",
        ]
    ],
    *[(RegionCode, value) for value in ["000000", "33030", "3303000", "330300\n", 330300, "３３０３００"]],
    *[(Uscc, value) for value in ["91330100799655058C", "91330100799655058b", "", 91330100799655058, None]],
    *[(RegistrationNumber, value) for value in ["1" * 15, "1" * 13, "１" * 14, int("1" * 14)]],
    *[(TechField, value) for value in ["7", "12", 7, "０7", None]],
]

OUR_EXAMPLES = "true or false, 2026-03-02T09:00:00+08:00"


@pytest.mark.parametrize(("kind", "value", "read"), ACCEPTED)
def test_a_field_takes_its_one_form(kind, value, read):
    assert TypeAdapter(kind).validate_python(value) == read


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_field_refuses_the_rest_and_explains_without_repeating(kind, value):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)

    (error,) = refused.value.errors()
    said = explain(error)
    assert set(said) == {"pointer", "code", "message_zh", "message_en"}
    assert said["message_zh"] != "不是合法的值。", said
    assert "{" not in said["message_zh"] + said["message_en"]
    if isinstance(value, str) and len(value) > 3 and value not in OUR_EXAMPLES:
        assert value not in " ".join(said.values())


class Offer(Wire):
    """An offer, for these tests."""

    price_fen: FenIn
    note: LongText = ""
    days: tuple[Day, ...] = ()


def errors_of(value):
    with pytest.raises(ValidationError) as refused:
        Offer.model_validate(value)
    return [explain(error) for error in refused.value.errors()]


def test_an_unknown_member_is_refused_and_named_only_if_its_name_is_plain():
    (plain,) = errors_of({"price_fen": 1, "is_admin": "secret"})
    (hostile,) = errors_of({"price_fen": 1, "<secret>": 1})

    assert "secret" not in str([plain, hostile])
    assert (plain["code"], plain["pointer"]) == ("extra_forbidden", "/is_admin")
    assert (hostile["code"], hostile["pointer"]) == ("extra_forbidden", "")


def test_a_fault_is_found_by_its_pointer():
    (missing,) = errors_of({})
    (day,) = errors_of({"price_fen": 1, "days": ["2026-03-02", "secret"]})

    assert missing == {
        "pointer": "/price_fen",
        "code": "missing",
        "message_zh": "缺少此字段。",
        "message_en": "This field is missing.",
    }
    assert (day["code"], day["pointer"]) == ("day", "/days/1")


def test_a_fault_outside_the_body_says_where():
    error = {"type": "missing", "loc": ("query", "limit"), "msg": "", "input": "secret"}

    assert explain(error)["pointer"] == "query/limit"
    assert explain({**error, "loc": ("body", "limit")})["pointer"] == "/limit"
    assert explain({**error, "loc": ()})["pointer"] == ""


def test_a_bound_is_part_of_the_sentence():
    (error,) = errors_of({"price_fen": 10**13 + 1})

    assert error["message_zh"] == "不得大于 10000000000000。"
    assert error["message_en"] == "This must be at most 10000000000000."


def test_a_choice_is_named_in_the_language_of_the_sentence():
    error = {"type": "enum", "loc": ("body", "way"), "ctx": {"expected": "'transfer' or 'licence'"}}

    assert explain(error)["message_zh"] == "应为以下之一：'transfer' 或 'licence'。"
    assert explain(error)["message_en"] == "This must be one of: 'transfer' or 'licence'."


def test_a_fault_that_nobody_foresaw_is_still_explained():
    said = explain({"type": "value_error", "loc": ("body",), "msg": "secret", "ctx": {"error": ValueError("secret")}})

    assert said["message_zh"] == "不是合法的值。"
    assert "secret" not in str(said)


@pytest.mark.parametrize(
    "slug", ["empty", "syntax", "too_deep", "duplicate_key", "not_finite", "nul", "lone_surrogate"]
)
def test_a_fault_of_the_json_itself_is_explained(slug):
    assert explain({"type": f"json_{slug}", "loc": ("body",)})["message_zh"] != "不是合法的值。"


def test_a_fault_of_a_room_carries_its_own_sentences():
    error = {"type": "ends_before_it_opens", "loc": ("body",), "ctx": {"zh": "早于开始。", "en": "Ends too early."}}

    assert fields.wrong("ends_before_it_opens", zh="早于开始。", en="Ends too early.").message() == "Ends too early."
    assert explain(error)["message_zh"] == "早于开始。"


def test_what_is_on_the_wire_does_not_change():
    with pytest.raises(ValidationError):
        Offer(price_fen=1).price_fen = 2


def test_an_answer_writes_days_and_instants_in_the_form_it_takes():
    class Answer(Wire):
        day: Day
        at: Moment
        lot_id: Canonical[LotId]

    answer = Answer(day=date(2026, 3, 2), at=datetime(2026, 3, 2, 1, 2, 3, 4, UTC), lot_id=LotId(UUID(LOT)))

    assert answer.model_dump_json() == f'{{"day":"2026-03-02","at":"2026-03-02T01:02:03.000004Z","lot_id":"{LOT}"}}'
    assert Answer.model_validate(answer.model_dump(mode="json")) == answer
