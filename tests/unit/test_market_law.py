"""One test for each article that the market encodes in a pure rule; the article is in the name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from kernel.calendar import WorkingCalendar, end_of_day
from kernel.codes import PatentKind
from kernel.money import ZERO, Money
from market.listings import errors
from market.listings.deciding import Matter, Step, check_chain, check_decider, steps_for
from market.listings.interests import check_conditions, check_cut, check_interest, outcome
from market.listings.negotiation import Side, check_answer, check_withdrawal
from market.listings.noticing import check_channels, check_closed, check_objection, may_close, period
from market.listings.states import ListingAction
from market.listings.terms import Basis, LicenceKind, Mode, RegimeRules, Terms, Way, check_terms
from market.results.guard import LicenceInForce, Stage, TitleFacts, inspect
from market.results.kinds import Priority
from market.results.rights import expires_on
from valuation.appraisal import errors as appraisal
from valuation.appraisal.methods import Method
from valuation.appraisal.reports import Purpose, Report, check_report, check_use

GOV_UNIT = RegimeRules(
    regime="GOV_UNIT",
    modes=frozenset({"agreed", "listed", "auction"}),
    benchmark_modes=frozenset({"listed", "auction"}),
    appraisal_required=False,
    notice_days=15,
    working_days_min=5,
    working_days_max=60,
    extension_working_days=5,
    extensions_max=3,
    deposit_bp_min=500,
    deposit_bp_max=2000,
    cut_bp_max=2000,
    approval_below_bp=0,
    conditions_need_approval=False,
    offer_days_max=90,
)
SOE = replace(
    GOV_UNIT,
    regime="SOE",
    modes=frozenset({"listed", "auction"}),
    appraisal_required=True,
    notice_days=0,
    working_days_min=20,
    deposit_bp_max=3000,
    approval_below_bp=9000,
    conditions_need_approval=True,
)
AGREED = Terms(
    mode=Mode.AGREED,
    way=Way.TRANSFER,
    licence_kind=None,
    basis=Basis.AGREEMENT,
    price=Money.wan(50),
    floor=Money.wan(45),
    benchmark=None,
    deposit=ZERO,
    working_days=None,
    approved=False,
)
LISTED = replace(AGREED, mode=Mode.LISTED, benchmark=Money.wan(50), working_days=20)
APPRAISED = replace(LISTED, basis=Basis.APPRAISAL)

TITLE = TitleFacts(
    on=date(2026, 11, 21),
    numbered=True,
    number="202011537776.9",
    filed_on=date(2020, 12, 23),
    expires_on=date(2040, 12, 23),
    secret=False,
    co_owned=False,
    co_owners_consent=False,
    priorities=(Priority.WAIVED,),
)
REPORT = Report(
    result_id=uuid4(),
    purpose=Purpose.TRANSFER,
    base_date=date(2026, 6, 30),
    valid_until=date(2027, 6, 29),
    methods=(Method.COST, Method.INCOME),
    signers=("张评估", "李评估"),
    value=Money.wan(60),
)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def articles(facts, way="transfer", kind=None, stage=Stage.LISTING):
    return [finding.article for finding in inspect(facts, way=way, licence_kind=kind, stage=stage)]


# The title of a right.


def test_a_clear_title_has_no_findings():
    assert articles(TITLE) == []


def test_an_invention_lives_twenty_years_from_its_filing__patent_law_42():
    assert expires_on(PatentKind.INVENTION, date(2020, 12, 23)) == date(2040, 12, 23)
    assert expires_on(PatentKind.UTILITY_MODEL, date(2020, 2, 29)) == date(2030, 2, 28)


def test_a_design_filed_before_june_2021_keeps_its_ten_years__patent_law_42():
    assert expires_on(PatentKind.DESIGN, date(2021, 5, 31)) == date(2031, 5, 31)
    assert expires_on(PatentKind.DESIGN, date(2021, 6, 1)) == date(2036, 6, 1)


def test_a_right_that_has_run_out_cannot_be_sold__patent_law_42():
    assert articles(replace(TITLE, expires_on=TITLE.on)) == ["专利法 art 42"]
    assert articles(replace(TITLE, expires_on=TITLE.on + DAY)) == []


def test_a_co_owner_alone_grants_an_ordinary_licence_and_nothing_else__patent_law_14():
    shared = replace(TITLE, co_owned=True)

    assert articles(shared) == ["专利法 art 14"]
    assert articles(shared, "licence", "exclusive") == ["专利法 art 14"]
    assert articles(shared, "licence", "ordinary") == []
    assert articles(replace(shared, co_owners_consent=True)) == []


def test_the_completers_priority_is_settled_before_listing__civil_code_847():
    assert articles(replace(TITLE, priorities=(Priority.WAIVED, Priority.OPEN))) == ["民法典 art 847"]
    assert articles(replace(TITLE, priorities=(Priority.OPEN,)), "licence", "ordinary") == []


def test_a_reserved_priority_stands_until_the_deal_and_is_asked_again__civil_code_847():
    reserved = replace(TITLE, priorities=(Priority.RESERVED,))

    assert articles(reserved) == []
    assert articles(reserved, stage=Stage.DEAL) == ["民法典 art 847"]


def test_a_secret_result_is_not_offered__zhejiang_16():
    assert articles(replace(TITLE, secret=True)) == ["浙江省促进科技成果转化条例 art 16"]


def test_an_exclusive_licence_in_force_bars_every_other_licence__patent_rules_86():
    bound = replace(TITLE, licences=(LicenceInForce("exclusive", None),))

    assert articles(bound, "licence", "ordinary") == ["专利法实施细则 art 86"]
    assert articles(bound) == [], "the right itself may be sold, with the licence on it"


def test_an_ordinary_licence_in_force_bars_only_a_closed_one__patent_rules_86():
    bound = replace(TITLE, licences=(LicenceInForce("ordinary", date(2027, 1, 1)),))

    assert articles(bound, "licence", "ordinary") == []
    assert articles(bound, "licence", "sole") == ["专利法实施细则 art 86"]
    assert articles(replace(bound, on=date(2027, 1, 2)), "licence", "sole") == []


def test_a_right_that_was_sold_is_not_sold_again__patent_law_10():
    assert articles(replace(TITLE, sold=True)) == ["专利法 art 10"]


def test_the_same_right_is_not_on_offer_twice__e_commerce_law_27():
    assert articles(replace(TITLE, listed_elsewhere=True)) == ["电子商务法 art 27"]


def test_every_finding_says_how_to_cure_it():
    broken = replace(TITLE, number=None, filed_on=None, expires_on=TITLE.on, secret=True, co_owned=True, sold=True)

    findings = inspect(broken, way="transfer", licence_kind=None, stage=Stage.DEAL)

    assert len(findings) == 6
    assert all(finding.cure_zh and finding.cure_en and finding.article for finding in findings)


# Terms and regimes.


def test_a_listing_starts_from_a_benchmark_price__zhejiang_17():
    with pytest.raises(errors.BenchmarkMissing) as refused:
        check_terms(replace(LISTED, benchmark=None), GOV_UNIT)

    assert refused.value.article == "浙江省促进科技成果转化条例 art 17"
    check_terms(LISTED, GOV_UNIT)
    check_terms(AGREED, GOV_UNIT)


def test_an_appraisal_is_optional_for_a_government_unit__mof_order_100_art_40():
    check_terms(LISTED, GOV_UNIT)
    check_terms(APPRAISED, GOV_UNIT)


def test_a_state_owned_sellers_price_rests_on_an_appraisal__soe_assets_law_47():
    with pytest.raises(errors.AppraisalRequired):
        check_terms(LISTED, SOE)

    check_terms(replace(APPRAISED, floor=Money.wan(45)), SOE)


def test_a_state_owned_seller_sells_in_public__sasac_order_32_art_48():
    with pytest.raises(errors.ModeNotOpen):
        check_terms(replace(APPRAISED, mode=Mode.AGREED, working_days=None), SOE)


def test_a_state_owned_seller_lists_for_twenty_working_days__sasac_2025_17():
    with pytest.raises(errors.PeriodOutOfRange) as refused:
        check_terms(replace(APPRAISED, working_days=19), SOE)

    assert refused.value.working_days_min == 20


def test_below_nine_tenths_of_the_appraisal_a_written_approval_is_needed__sasac_2025_17():
    cut = replace(APPRAISED, price=Money.wan(50), floor=Money.wan("44.9999"))

    with pytest.raises(errors.ApprovalWanted) as refused:
        check_terms(cut, SOE)

    assert refused.value.least == Money.wan(45)
    check_terms(replace(cut, approved=True), SOE)
    check_terms(cut, GOV_UNIT)


def test_a_deposit_is_a_twentieth_to_a_fifth_of_the_price__fashi_2016_18_art_17():
    for deposit in ("2.4999", "10.0001"):
        with pytest.raises(errors.DepositOutOfRange):
            check_terms(replace(LISTED, deposit=Money.wan(deposit)), GOV_UNIT)
    for deposit in ("0", "2.5", "10"):
        check_terms(replace(LISTED, deposit=Money.wan(deposit)), GOV_UNIT)


def test_buyer_conditions_name_no_single_buyer__sasac_2025_17():
    named = "受让方须为温州瓯江阀门有限公司或同等企业"
    known = "仅限与瓯海泵业合作的企业"

    with pytest.raises(errors.ConditionsNameBuyer):
        check_conditions(named, known_names=(), need_approval=False, approved=False)
    with pytest.raises(errors.ConditionsNameBuyer):
        check_conditions(known, known_names=("瓯海泵业",), need_approval=False, approved=False)
    with pytest.raises(errors.ConditionsNameBuyer):
        check_conditions("代码 91330100799655058B 的企业", known_names=(), need_approval=False, approved=False)
    objective = "受让方应为在浙江省内依法设立的有限责任公司，注册资本不低于100万元"
    check_conditions(objective, known_names=("瓯海泵业",), need_approval=False, approved=False)


def test_a_state_owned_seller_sets_conditions_only_with_approval__sasac_2025_17():
    with pytest.raises(errors.ConditionsNeedApproval):
        check_conditions("具备电池生产能力", known_names=(), need_approval=True, approved=False)

    check_conditions("具备电池生产能力", known_names=(), need_approval=True, approved=True)


def test_a_new_price_is_cut_by_a_fifth_at_most__fashi_2016_18_art_26():
    check_cut(Money.wan(40), before=Money.wan(50), cut_bp_max=2000)

    with pytest.raises(errors.CutTooDeep):
        check_cut(Money.wan("39.9999"), before=Money.wan(50), cut_bp_max=2000)
    with pytest.raises(errors.CutTooDeep):
        check_cut(Money.wan("50.0001"), before=Money.wan(50), cut_bp_max=2000)


# The decision.

CHAIN = (Step("transfer_office", "transfer_office"), Step("unit_approval", "unit_approver"))


def test_a_government_unit_decides_together__zhejiang_19():
    check_chain(CHAIN, regime="GOV_UNIT")

    for thin in (CHAIN[:1], CHAIN[::-1], (CHAIN[1],), ()):
        with pytest.raises(errors.ChainTooThin):
            check_chain(thin, regime="GOV_UNIT")
    check_chain((), regime="PRIVATE")


def test_nobody_takes_two_steps_of_a_decision__zhejiang_19():
    alice = uuid4()
    step = CHAIN[1]

    check_decider(step, named="unit_approval", roles={"unit_approver"}, person=alice, before=set())
    with pytest.raises(errors.SamePersonDecides):
        check_decider(step, named="unit_approval", roles={"unit_approver"}, person=alice, before={alice})
    with pytest.raises(errors.WrongDecider):
        check_decider(step, named="unit_approval", roles={"transfer_office"}, person=alice, before=set())
    with pytest.raises(errors.NotTheNextStep):
        check_decider(step, named="transfer_office", roles={"unit_approver"}, person=alice, before=set())


def test_an_estimate_becomes_a_basis_only_with_a_managers_sign_off__zhejiang_2025_27_item_13():
    matter = Matter(Mode.LISTED, Basis.AI_ESTIMATE_REVIEWED, Way.TRANSFER, Money.wan(50))

    steps = steps_for(CHAIN, matter)

    assert (steps[0].name, steps[0].role) == ("ai_sign_off", "technology_manager")
    assert [step.name for step in steps][1:] == ["transfer_office", "unit_approval"]
    assert steps_for((), matter) == steps[:1]


def test_steps_follow_amount_and_way():
    council = Step("council", "unit_approver", price_from=Money.wan(500))
    licences = Step("legal", "unit_approver", ways=("licence",))
    chain = (CHAIN[0], licences, council, CHAIN[1])

    small = steps_for(chain, Matter(Mode.AGREED, Basis.AGREEMENT, Way.TRANSFER, Money.wan("499.99")))
    large = steps_for(chain, Matter(Mode.AGREED, Basis.AGREEMENT, Way.LICENCE, Money.wan(500)))

    assert [step.name for step in small] == ["transfer_office", "unit_approval"]
    assert [step.name for step in large] == ["transfer_office", "legal", "council", "unit_approval"]


# Offers.


def test_an_offer_is_answered_by_the_other_side_in_time__civil_code_486():
    check_answer(made_by=Side.BUYER, answered_by=Side.SELLER, expires_at=NOON + DAY, now=NOON)

    with pytest.raises(errors.OfferExpired):
        check_answer(made_by=Side.BUYER, answered_by=Side.SELLER, expires_at=NOON, now=NOON)
    with pytest.raises(errors.NotYourOffer):
        check_answer(made_by=Side.BUYER, answered_by=Side.BUYER, expires_at=NOON + DAY, now=NOON)


def test_a_firm_offer_is_not_withdrawn__civil_code_476():
    check_withdrawal(made_by=Side.BUYER, by=Side.BUYER, firm=False, expires_at=NOON + DAY, now=NOON)

    with pytest.raises(errors.OfferIsFirm):
        check_withdrawal(made_by=Side.BUYER, by=Side.BUYER, firm=True, expires_at=NOON + DAY, now=NOON)


# The public notice.


def test_notice_must_run_fifteen_days__zhejiang_17():
    put_up = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai, a Saturday

    runs = period(put_up, 15, WorkingCalendar.shipped())

    # The day it goes up does not count; 6 December is a Sunday, so the last day moves to Monday.
    assert runs.ends_on == date(2026, 12, 7)
    assert runs.ends_at == end_of_day(date(2026, 12, 7))
    assert runs.ends_at - put_up >= timedelta(days=15)


def test_a_notice_stands_in_the_unit_and_in_the_market__zhejiang_17():
    check_channels("https://kjc.wzu.example/gs/1", "https://market.example/notices/1")

    for unit, market in (
        ("", "https://m.example/1"),
        ("https://a.example", "https://a.example"),
        ("ftp://a.b", "https://c.d"),
    ):
        with pytest.raises(errors.ChannelsWanted):
            check_channels(unit, market)


def test_no_deal_before_the_notice_has_closed__zhejiang_17():
    with pytest.raises(errors.NoticeNotClosed):
        check_closed(closed=False, ends_at=NOON + DAY, now=NOON, open_objections=0)
    with pytest.raises(errors.ObjectionOpen):
        check_closed(closed=False, ends_at=NOON, now=NOON, open_objections=1)
    check_closed(closed=True, ends_at=NOON, now=NOON, open_objections=0)


def test_objections_are_taken_until_the_last_instant__zhejiang_17():
    check_objection(ends_at=NOON, now=NOON - timedelta(microseconds=1))

    with pytest.raises(errors.NoticeOver):
        check_objection(ends_at=NOON, now=NOON)
    assert may_close(ends_at=NOON, now=NOON, open_objections=0)
    assert not may_close(ends_at=NOON, now=NOON, open_objections=1)
    assert not may_close(ends_at=NOON, now=NOON - timedelta(microseconds=1), open_objections=0)


# The listing period.


def test_a_period_ends_with_nobody_one_or_many__sasac_2025_17():
    assert outcome(0) is ListingAction.CLOSE_EMPTY
    assert outcome(1) is ListingAction.CLOSE_WITH_ONE
    assert {outcome(many) for many in (2, 3, 40)} == {ListingAction.CLOSE_WITH_MANY}


def test_on_a_listing_nobody_buys_below_the_list_price__zhejiang_17():
    check_interest(Money.wan(50), list_price=Money.wan(50), ends_at=NOON + DAY, now=NOON)

    with pytest.raises(errors.BelowListPrice):
        check_interest(Money.wan("49.9999"), list_price=Money.wan(50), ends_at=NOON + DAY, now=NOON)
    with pytest.raises(errors.PeriodOver):
        check_interest(Money.wan(50), list_price=Money.wan(50), ends_at=NOON, now=NOON)


# Appraisal reports.


def test_an_appraisal_uses_two_methods__appraisal_law_26():
    check_report(REPORT, on=date(2026, 11, 21), validity_months_max=12)

    same_twice = replace(REPORT, methods=(Method.COST, Method.COST))
    with pytest.raises(appraisal.TooFewMethods):
        check_report(same_twice, on=date(2026, 11, 21), validity_months_max=12)


def test_two_appraisers_sign__appraisal_law_27_28():
    for signers in (("张评估",), ("张评估", " 张评估 "), ("张评估", "")):
        with pytest.raises(appraisal.TooFewSigners):
            check_report(replace(REPORT, signers=signers), on=date(2026, 11, 21), validity_months_max=12)


def test_a_report_is_used_for_its_purpose_and_its_result__appraisal_law_32():
    use = {"result_id": REPORT.result_id, "purpose": "transfer", "on": date(2027, 6, 29)}

    check_use(REPORT, **use)
    with pytest.raises(appraisal.PurposeDiffers):
        check_use(REPORT, **use | {"purpose": "licence"})
    with pytest.raises(appraisal.AppraisalOfOtherResult):
        check_use(REPORT, **use | {"result_id": uuid4()})
    with pytest.raises(appraisal.AppraisalExpired):
        check_use(REPORT, **use | {"on": date(2027, 6, 30)})


def test_a_report_is_good_for_a_year_at_most():
    with pytest.raises(appraisal.ValidityTooLong):
        check_report(replace(REPORT, valid_until=date(2027, 7, 1)), on=date(2026, 11, 21), validity_months_max=12)
    with pytest.raises(appraisal.ValidityTooLong):
        check_report(replace(REPORT, base_date=date(2026, 11, 22)), on=date(2026, 11, 21), validity_months_max=12)


def test_a_licence_names_its_kind__tech_contract_interpretation_25():
    with pytest.raises(errors.WayUnclear):
        check_terms(replace(AGREED, way=Way.LICENCE), GOV_UNIT)
    with pytest.raises(errors.WayUnclear):
        check_terms(replace(AGREED, licence_kind=LicenceKind.SOLE), GOV_UNIT)

    check_terms(replace(AGREED, way=Way.LICENCE, licence_kind=LicenceKind.SOLE), GOV_UNIT)
