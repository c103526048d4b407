"""Valuing against a real database: prices with evidence, abstentions without, and models that cannot be tampered with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.wiring import load
from kernel.db import Database
from kernel.db.session import act_as
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, PersonId
from kernel.invariants import check_all
from kernel.money import Money
from tests.support import people
from tests.support.past_deals import NOW, a_deal, a_subject, train_on_reference
from valuation import commands, queries, shelf, training
from valuation.grading import Grade, Reason
from valuation.subjects import Subject
from valuation.tables import ModelRun, PastTransaction, Valuation


def an_actor(db: Database) -> Actor:
    with db.session("owner") as session:
        home = people.make_organisation(session, kind="university").id
        person = people.make_person(session, organisation=home, roles=("transfer_office",))
        return Actor(PersonId(person.id), OrganisationId(home), frozenset({"transfer_office"}))


def valued(db: Database, actor: Actor, subject: Subject) -> Valuation:
    with db.session("web") as session:
        act_as(session, person=actor.person_id, organisation=actor.organisation_id)
        return commands.value(session, subject=subject, actor=actor, now=NOW)


def record(db: Database, count: int, **facts: object) -> list[bool]:
    with db.session("worker") as session:
        return [commands.record_deal(session, deal=a_deal(number, **facts), now=NOW) for number in range(count)]


def train(db: Database) -> ModelRun:
    with db.session("worker") as session:
        return training.train(session, NOW)


def test_before_any_training_no_price_is_an_ordinary_answer(db: Database) -> None:
    actor = an_actor(db)

    found = valued(db, actor, a_subject(actor.organisation()))

    assert (found.price, found.low, found.grade, found.reason) == (None, None, Grade.D, Reason.NO_MODEL)
    assert "样本不足，不予估价" in found.explanation["statement"]["zh"][0]
    assert found.explanation["statement"]["zh"][-1] == "AI初始价格参考，非资产评估报告。"


def test_with_generated_deals_only_the_price_says_so(db: Database) -> None:
    run, actor = train_on_reference(db), an_actor(db)

    found = valued(db, actor, a_subject(actor.organisation()))

    assert found.grade is Grade.G and found.rests_on_generated and found.run_id == run.id
    assert found.low is not None and found.price is not None and found.high is not None
    assert found.low < found.price < found.high and found.level_bp == 9000
    assert any("生成的参考数据" in sentence for sentence in found.explanation["statement"]["zh"])
    assert len(found.comparables) >= 3 and all(one["generated"] for one in found.comparables)
    assert run.manifest["rows"]["generated"] > 600


def test_the_reasons_of_a_stored_price_close_to_the_fen(db: Database) -> None:
    train_on_reference(db)
    actor = an_actor(db)

    for kind, trade in (("invention", "transfer"), ("invention", "licence"), ("utility_model", "transfer")):
        found = valued(db, actor, a_subject(actor.organisation(), kind=kind, trade=trade))
        explanation, price = found.explanation, found.price
        assert price is not None
        if explanation["base_fen"] is not None:
            yuan = sum(one["yuan_fen"] for one in explanation["contributions"])
            assert explanation["base_fen"] + yuan == price.fen


def test_the_same_question_gets_the_same_answer(db: Database) -> None:
    train_on_reference(db)
    actor = an_actor(db)
    subject = a_subject(actor.organisation())

    first, second = valued(db, actor, subject), valued(db, actor, subject)

    assert first.id != second.id
    assert (first.price, first.explanation, first.comparables) == (second.price, second.explanation, second.comparables)


def test_real_deals_replace_generated_ones_once_they_are_enough(db: Database) -> None:
    train_on_reference(db)
    record(db, 60)
    actor = an_actor(db)

    run = train(db)
    found = valued(db, actor, a_subject(actor.organisation()))

    assert found.grade is Grade.A and not found.rests_on_generated and found.run_id == run.id
    assert found.price is not None and Money.yuan(200_000) < found.price < Money.yuan(900_000)
    assert found.evidence == found.evidence | {"deals": 60, "generated": 0}
    assert not any("生成" in sentence for sentence in found.explanation["statement"]["zh"])


def test_deals_of_this_market_lend_no_title_and_no_exact_price(db: Database) -> None:
    record(db, 60)
    train(db)
    actor = an_actor(db)

    found = valued(db, actor, a_subject(actor.organisation()))

    assert len(found.comparables) == 5
    for one in found.comparables:
        assert (one["title"], one["price_is_rounded"]) == ("", True)
        assert one["price_fen"] % 1_000_000 == 0 and one["dealt_on"].endswith("-01")


def test_too_few_deals_give_a_range_and_no_price(db: Database) -> None:
    record(db, 29)
    train(db)
    actor = an_actor(db)

    found = valued(db, actor, a_subject(actor.organisation()))

    assert (found.grade, found.reason, found.price) == (Grade.B, Reason.TOO_FEW_DEALS, None)
    assert found.low is not None and found.level_bp is not None
    assert all(one["yuan_fen"] is None for one in found.explanation["contributions"])


def test_asking_prices_alone_are_no_value(db: Database) -> None:
    record(db, 80, price_type="ask")
    train(db)
    actor = an_actor(db)

    found = valued(db, actor, a_subject(actor.organisation()))

    assert (found.grade, found.reason, found.price) == (Grade.C, Reason.ASKS_ONLY, None)
    assert any("挂牌价参考，非价值" in sentence for sentence in found.explanation["statement"]["zh"])
    assert {one["price_type"] for one in found.comparables} == {"ask"}


def test_appraisals_teach_nothing(db: Database) -> None:
    record(db, 40, price_type="appraisal")

    with pytest.raises(training.NothingToLearnFrom):
        train(db)


def test_related_parties_teach_nothing(db: Database) -> None:
    record(db, 40, related_party=True)

    with pytest.raises(training.NothingToLearnFrom):
        train(db)


def test_a_deal_is_recorded_once(db: Database) -> None:
    assert record(db, 2) == [True, True]
    assert record(db, 2) == [False, False]

    with db.session("worker") as session:
        assert session.execute(select(func.count()).select_from(PastTransaction)).scalar_one() == 2


def test_a_kind_that_nobody_has_sold_is_not_guessed_at(db: Database) -> None:
    train_on_reference(db)
    actor = an_actor(db)

    found = valued(db, actor, a_subject(actor.organisation(), kind="永动机"))

    assert (found.grade, found.reason, found.price) == (Grade.D, Reason.TOO_LITTLE, None)


def test_training_twice_on_one_day_keeps_one_run(db: Database) -> None:
    record(db, 50)

    assert train(db).id == train(db).id


def test_a_corrupted_model_is_refused_and_the_old_one_stays(db: Database) -> None:
    record(db, 50)
    old = train(db)
    record(db, 70)
    with db.session("worker") as session:
        new = training.train(session, NOW + timedelta(days=1))
    with db.session("owner") as session:
        spoilt = new.artefact[:500] + bytes([new.artefact[500] ^ 1]) + new.artefact[501:]
        session.execute(update(ModelRun).where(ModelRun.id == new.id).values(artefact=spoilt))

    with db.session("web") as session:
        served = shelf.serving(session)

    assert served is not None and served[0].id == old.id


def test_a_model_under_another_hash_is_refused(db: Database) -> None:
    record(db, 50)
    run = train(db)
    with db.session("owner") as session:
        session.execute(update(ModelRun).where(ModelRun.id == run.id).values(artefact_sha256="0" * 64))

    with db.session("web") as session:
        assert shelf.serving(session) is None


def test_a_stranger_finds_no_valuation_even_in_the_database(db: Database) -> None:
    train_on_reference(db)
    owner, stranger = an_actor(db), an_actor(db)
    found = valued(db, owner, a_subject(owner.organisation()))

    with db.session("web") as session:
        act_as(session, person=stranger.person_id, organisation=stranger.organisation_id)
        assert session.execute(select(Valuation)).scalars().all() == []
        assert session.execute(queries.visible_to(stranger)).scalars().all() == []
        with pytest.raises(Exception, match="row-level security"):
            commands.grant_view(session, valuation_id=found.id, person_id=stranger.person_id, now=NOW)
        session.rollback()


def test_whoever_was_given_sight_sees_it(db: Database) -> None:
    owner, manager = an_actor(db), an_actor(db)
    found = valued(db, owner, a_subject(owner.organisation()))

    with db.session("web") as session:
        act_as(session, person=owner.person_id, organisation=owner.organisation_id)
        commands.grant_view(session, valuation_id=found.id, person_id=manager.person_id, now=NOW)
        commands.grant_view(session, valuation_id=found.id, person_id=manager.person_id, now=NOW)

    with db.session("web") as session:
        act_as(session, person=manager.person_id, organisation=manager.organisation_id)
        assert queries.valuation(session, manager, found.id).id == found.id


def test_the_audit_finds_a_valuation_that_was_tampered_with(db: Database) -> None:
    run, actor = train_on_reference(db), an_actor(db)
    found = valued(db, actor, a_subject(actor.organisation()))
    assert run.id == found.run_id and found.explanation["base_fen"] is not None

    with db.session("worker") as session:
        before = broken(session)
    with db.session("owner") as session:
        session.execute(update(Valuation).where(Valuation.id == found.id).values(high=found.high, price=found.low))
    with db.session("worker") as session:
        after = broken(session)

    assert (before, after) == (set(), {"the reasons of a valuation sum to its price, to the fen"})


def broken(session: Session) -> set[str]:
    load("invariants")
    return {one.promise for one in check_all(session) if "valuation" in one.promise or "import" in one.promise}
