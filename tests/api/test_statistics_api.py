"""Registration entered back, and the figures it makes: to the fen for the statistician, in safe cells for the public."""

import csv
import io

import pytest

from kernel.money import Money
from tests.support.contracting import days_ahead, registration, sale


def table(client, name, **query):
    answer = client.get(f"/v1/statistics/{name}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(body):
    return {
        row["code"]: (row["contracts"], row["contract_value_fen"], row["technology_value_fen"]) for row in body["rows"]
    }


def test_a_registered_contract_counts_from_its_registration_date(house):
    made = sale(house).signed().registered()
    statistician = house.exchange("statistician")

    assert made.get()["registration_state"] == "registered"
    one = (1, 100_000_000, 90_000_000)
    year = made.get()["registration"]["registered_on"][:4]
    assert rows(table(statistician, "by_year")) == {year: one}
    assert rows(table(statistician, "by_type")) == {"transfer.patent_right": one}
    assert rows(table(statistician, "by_field")) == {"06": one}
    assert rows(table(statistician, "by_mode")) == {"agreed": one}
    assert rows(table(statistician, "by_basis")) == {"agreement": one}
    assert table(statistician, "totals")["total"]["contract_value_fen"] == 100_000_000
    assert rows(table(statistician, "totals", year=2001)) == {}


def test_regions_are_cities_of_zhejiang_and_provinces_elsewhere_exported_and_absorbed(house):
    seller = house.organisation(region_code="330302")
    buyer = house.organisation(kind="enterprise", region_code="310115")
    sale(house, seller=seller, buyer=buyer).signed().registered()

    regions = table(house.exchange("statistician"), "by_region")["rows"]

    assert [(row["direction"], row["code"], row["name_zh"]) for row in regions] == [
        ("export", "330300", "温州市"),
        ("absorb", "310000", "上海市"),
    ]


def test_a_contract_is_registered_after_it_takes_effect__zhejiang_market_15(house):
    made = sale(house)

    answer = made.post(made.office, "registration", registration(house, made.price))

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/not-in-force"
    assert answer.json()["article"] == "浙江省技术市场条例 art 15"


def test_the_technology_value_never_exceeds_the_contract_value__zhejiang_market_18(house):
    made = sale(house).signed()

    body = registration(house, made.price, technology_value_fen=100_000_001)
    answer = made.post(made.office, "registration", body)

    assert answer.json()["type"] == "/problems/technology-value-too-high"
    assert answer.json()["most_fen"] == 100_000_000


@pytest.mark.parametrize(
    "number", ["", "123", "2026330300000１23", "202633030000012", "20263303000001234", 20263303000001]
)
def test_a_number_of_another_length_is_malformed(house, number):
    made = sale(house).signed()

    assert made.post(made.office, "registration", registration(house, made.price, number=number)).status_code == 422


def test_one_number_belongs_to_one_contract_even_if_nobody_sees_the_other(house):
    first, second = sale(house).signed(), sale(house).signed()
    body = registration(house, first.price)
    assert first.post(first.office, "registration", body).status_code == 201

    answer = second.post(second.office, "registration", body)

    assert answer.json()["type"] == "/problems/registration-number-taken"
    assert second.get()["registration_state"] == "none"


def test_nothing_is_registered_twice_or_before_its_day_or_in_the_future(house):
    made = sale(house).signed()

    early = made.post(made.office, "registration", registration(house, made.price, registered_on="2020-01-01"))
    late = made.post(made.office, "registration", registration(house, made.price, registered_on=days_ahead(house, 1)))
    made.registered()
    twice = made.post(made.office, "registration", registration(house, made.price))

    assert early.json()["type"] == late.json()["type"] == "/problems/registered-too-early"
    assert twice.json()["type"] == "/problems/registration-step-closed"


def test_the_registrar_enters_too_and_the_buyer_does_not(house):
    made = sale(house).signed()

    by_buyer = made.post(made.buyer, "registration", registration(house, made.price))
    by_registrar = made.post(house.exchange("registrar"), "registration", registration(house, made.price))

    assert by_buyer.json()["type"] == "/problems/not-your-side"
    assert by_registrar.status_code == 201


def test_a_refused_registration_may_be_applied_for_again(house):
    made = sale(house).signed()

    states = [
        made.post(made.office, path, body).json()["registration_state"]
        for path, body in (
            ("registration/application", None),
            ("registration/refusal", {"ground": "标的不明确"}),
            ("registration/application", None),
        )
    ]

    assert states == ["reg_applied", "not_registered", "reg_applied"]


def test_a_changed_registration_moves_the_figures_by_the_difference(house):
    made = sale(house).signed().registered()
    statistician = house.exchange("statistician")
    changed = {"contract_value_fen": 100_000_000, "technology_value_fen": 70_000_000, "technology_income_fen": 10}

    answer = made.post(made.office, "registration/changes", changed)

    assert answer.status_code == 200
    assert rows(table(statistician, "by_mode")) == {"agreed": (1, 100_000_000, 70_000_000)}


def test_a_cancelled_registration_is_taken_back_in_the_period_of_the_cancellation(house):
    made = sale(house).signed().registered()
    statistician = house.exchange("statistician")
    year = int(made.get()["registration"]["registered_on"][:4])
    house.move(days=366)

    answer = made.post(made.office, "registration/cancellation", {"reason": "合同解除"})

    assert answer.json()["registration_state"] == "reg_cancelled"
    assert rows(table(statistician, "by_year")) == {
        str(year): (1, 100_000_000, 90_000_000),
        str(year + 1): (-1, -100_000_000, -90_000_000),
    }
    assert table(statistician, "totals")["total"]["contracts"] == 0


def test_the_public_sees_no_cell_of_fewer_than_three_organisations_a_side__statistics_law_25(house):
    sale(house).signed().registered()

    body = table(house.client, "by_mode")

    assert body["units_min"] == 3
    assert [(row["suppressed"], row["contracts"], row["contract_value_fen"]) for row in body["rows"]] == [
        (True, None, None)
    ]
    assert body["total"]["suppressed"] is True


def test_the_public_sees_a_cell_of_three_sellers_and_three_buyers(house):
    for _ in range(3):
        sale(house, price=Money(101)).signed().registered(technology_value_fen=100)

    body = table(house.client, "by_mode")

    assert rows(body) == {"agreed": (3, 303, 300)}


def test_a_table_comes_as_csv_that_a_spreadsheet_opens(house):
    sale(house).signed().registered()
    statistician = house.exchange("statistician")

    by_query = statistician.get("/v1/statistics/by_type?format=csv")
    by_accept = statistician.get("/v1/statistics/by_type", headers={"Accept": "text/csv"})

    assert by_query.content == by_accept.content
    assert by_query.content.startswith(b"\xef\xbb\xbf")
    assert by_query.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(by_query.content.decode("utf-8-sig"))))
    assert lines[0]["name_zh"] == "专利权转让"
    assert lines[0]["contract_value_fen"] == lines[-1]["contract_value_fen"] == "100000000"


@pytest.mark.parametrize("path", ["by_nobody", "by_type?year=１９９９", "by_type?year=99999", "by_type?format=xml"])
def test_tables_that_do_not_exist_are_malformed_questions(house, path):
    assert house.client.get(f"/v1/statistics/{path}").status_code == 422
