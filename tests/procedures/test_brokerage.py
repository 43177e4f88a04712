"""Brokerage: answered on the same day, offered to the person, taken on by name, and never with a stopped provider."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.brokerage import BrokerageOutcome, brokerage
from models.forms.base import AnswerRefused
from models.forms.brokerage import (
    CareEscalated,
    CareNeedChanged,
    CareNoLongerWanted,
    CareWanted,
    OfferAnswered,
    ProviderOffered,
    ProviderTakesItOn,
    SourcingBegun,
    Urgency,
)
from models.providers.tables import Provider, ProviderStop
from models.register import Person
from tasks.deaths import heed_deaths
from tasks.durable.testing import Office

KESTREL = "kestrel-care"
WANTED = CareWanted(
    person="P-101",
    needs="Four calls a day, two carers",
    urgency=Urgency.DAYS,
    wanted_from=date(2026, 1, 7),
    asked_by="staff-practitioner",
)
BEGUN = SourcingBegun(begun="Six agencies rung")
OFFER = ProviderOffered(found=True, provider=KESTREL, offer="All four calls", starts_on=date(2026, 1, 8))
YES = OfferAnswered(accepted=True, answered_by="Edith Tilling herself")
TAKEN_ON = ProviderTakesItOn(taken_on=True, by_whom="Ines Carrow, care manager", starts_on=date(2026, 1, 8))


def looked_for(office: Office, **changes: Any) -> str:
    """Care is being looked for; gives the ref of brokerage's case."""
    return office.start(brokerage, WANTED.model_copy(update=changes))


def test_care_is_arranged_once_the_provider_has_taken_it_on_by_name(office: Office) -> None:
    """Offered, accepted by the person, and taken on: none of the three is assumed (TRN-01, TRN-06)."""
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    office.answer(case, OFFER, by="brokerage-officer")
    assert office.waiting_for(case)[0].startswith("OfferAnswered of practitioner")
    office.answer(case, YES, by="practitioner")
    assert not office.is_closed(case)
    office.answer(case, TAKEN_ON, by="brokerage-officer")
    assert office.outcome_of(case) == BrokerageOutcome.ARRANGED
    office.digest_goes_out()
    assert "care is arranged" in office.inbox("staff-practitioner")[-1].body


@pytest.mark.parametrize(
    ("begun_at", "due"),
    [
        ("2026-01-05 09:00", "2026-01-05 17:00"),
        ("2026-01-09 18:00", "2026-01-09 23:59"),
        ("2026-01-11 11:00", "2026-01-11 23:59"),
    ],
)
def test_brokerage_answers_on_the_same_day_whichever_it_is(office: Office, begun_at: str, due: str) -> None:
    """On a Monday by closing; on a Friday evening or a Sunday on that very day (TRN-41, TRN-42, GAP-43)."""
    office.today_is(begun_at)
    case = looked_for(office)
    assert office.waiting_for(case)[0] == f"SourcingBegun of brokerage, due {due}"


def test_a_manager_hears_when_the_day_is_over_and_the_question_stays(office: Office) -> None:
    """Silence is heard of, and nobody is put on a waiting list for it."""
    case = looked_for(office)
    office.today_is("2026-01-06 12:30")
    assert any("brokerage has not answered" in one.body for one in office.inbox("strategic-manager"))
    assert office.waiting_for(case)[0].startswith("SourcingBegun")


def test_nothing_found_is_looked_at_again_the_next_day(office: Office) -> None:
    """On a Saturday too; where somebody needs it tonight, within two hours (TRN-43)."""
    office.today_is("2026-01-09 10:00")
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    office.answer(case, ProviderOffered(found=False, tried="Six agencies; none has room"), by="brokerage-officer")
    assert office.waiting_for(case) == ["looked-at-again, due 2026-01-10 08:00"]
    office.today_is("2026-01-10 08:30")
    assert office.waiting_for(case)[0].startswith("ProviderOffered of brokerage, due 2026-01-10")

    tonight = looked_for(office, urgency=Urgency.TODAY)
    office.answer(tonight, BEGUN, by="brokerage-officer")
    office.answer(tonight, ProviderOffered(found=False, tried="Two agencies"), by="brokerage-officer")
    assert office.waiting_for(tonight) == ["looked-at-again, due 2026-01-10 10:30"]


def test_an_offer_that_is_not_accepted_or_not_taken_on_is_followed_by_another(office: Office) -> None:
    """Whoever looks for it reads why."""
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    office.answer(case, OFFER, by="brokerage-officer")
    no = OfferAnswered(accepted=False, answered_by="Edith Tilling", reasons="She knows them and does not want them")
    office.answer(case, no, by="practitioner")
    office.answer(case, OFFER, by="brokerage-officer")
    office.answer(case, YES, by="practitioner")
    office.answer(case, ProviderTakesItOn(taken_on=False, reasons="Their rota is full"), by="brokerage-officer")
    assert office.waiting_for(case)[0].startswith("ProviderOffered of brokerage")
    assert not office.is_closed(case)


def test_a_provider_that_is_not_to_be_used_is_not_offered(office: Office) -> None:
    """The refusal says in which case it was decided; once it is lifted, it can be offered (REA-47)."""
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    now = office.clock.now()
    with office.council.database.write() as session:
        stop = ProviderStop(decided_in=case, provider_id=KESTREL, stopped_at=now, looked_at_again_on=date(2026, 2, 2))
        session.add(stop)
    with pytest.raises(AnswerRefused, match=f"not to be used at present .*{case}"):
        office.answer(case, OFFER, by="brokerage-officer")
    with office.council.database.write() as session:
        session.get_one(ProviderStop, case).lifted_at = now
    office.answer(case, OFFER, by="brokerage-officer")


def test_a_provider_that_closes_before_it_could_start_is_not_offered(office: Office) -> None:
    """A closing that lies after the first day is the person's to know, and no refusal."""
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    with office.council.database.write() as session:
        session.get_one(Provider, KESTREL).closed_on = date(2026, 1, 8)
    with pytest.raises(AnswerRefused, match="gives nothing any more"):
        office.answer(case, OFFER, by="brokerage-officer")


def test_a_change_of_need_is_escalated_and_what_was_found_is_looked_for_anew(office: Office) -> None:
    """A manager answers within four hours; the offer was found for another need (TRN-45, GAP-46)."""
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    office.answer(case, OFFER, by="brokerage-officer")
    office.signal(case, CareNeedChanged(urgency=Urgency.TODAY, what="Her daughter is ill"), by="practitioner")
    waiting = office.waiting_for(case)
    assert waiting[0] == "CareEscalated of strategic-manager, due 2026-01-05 13:00"
    assert not any("OfferAnswered" in one for one in waiting) and any("ProviderOffered" in one for one in waiting)
    office.answer(case, CareEscalated(done="The rapid response team goes in"), by="strategic-manager")
    office.signal(case, CareNeedChanged(urgency=Urgency.DAYS, what="She is back"), by="practitioner")
    assert any("CareEscalated" in one for one in office.waiting_for(case))


def test_care_that_is_not_wanted_any_more_is_not_looked_for(office: Office) -> None:
    """With the reasons on record, and brokerage hears of it."""
    case = looked_for(office)
    office.signal(case, CareNoLongerWanted(because="Her son takes her in"), by="practitioner")
    assert office.outcome_of(case) == BrokerageOutcome.NOT_WANTED


def test_after_a_death_nothing_is_looked_for(office: Office) -> None:
    """The register shows it, and the search ends."""
    case = looked_for(office)
    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = date(2026, 1, 5)
    heed_deaths(office.council)
    office.hours_pass(1)
    assert office.outcome_of(case) == BrokerageOutcome.DIED
