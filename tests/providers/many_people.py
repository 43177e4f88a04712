"""An incident with many people as it is lived through: who they are, and staff who work down the list day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from models.cases import Case, WorkItem
from models.forms.affected_person import (
    ArrangementConfirmed,
    CheckedAfterwards,
    HelpDecided,
    MakesDecision,
    MoveDone,
    MovePrepared,
    PersonSeen,
    SomebodyIsThere,
)
from models.forms.base import Form
from models.forms.brokerage import OfferAnswered, ProviderOffered, ProviderTakesItOn, SourcingBegun
from models.forms.provider_failure import ListedPerson
from models.provider_failure.kinds import Risk, Way
from models.provider_failure.tables import AffectedPerson
from models.providers.kinds import PaidBy
from models.providers.tables import CarePackage
from models.register import Person
from models.states import WorkItemState
from models.working_time import LONDON, local_day
from tasks.database import Database
from tasks.durable import worklist
from tasks.durable.safeguarding_asked import with_the_word
from tasks.durable.testing import Office

SINCE = date(2025, 3, 3)
FAR = timedelta(days=400)


@dataclass(frozen=True)
class Client:
    """Somebody who has their care from the provider. Everything about them follows from their number."""

    number: int

    @property
    def id(self) -> str:
        """Register id."""
        return f"P-{5000 + self.number}"

    @property
    def name(self) -> str:
        """A name that nobody else has."""
        first = ("Ada", "Bertram", "Cora", "Dennis", "Elsie", "Frank", "Grace", "Hubert", "Ivy", "Jack")[
            self.number % 10
        ]
        return f"{first} Client{self.number:03}"

    @property
    def born_on(self) -> date:
        """A birthday that nobody else has."""
        return date(1930, 1, 1) + timedelta(days=17 * self.number)

    @property
    def paid_by(self) -> PaidBy:
        """One of six pays alone, and another council pays for one of fifteen."""
        if self.number % 15 == 7:
            return PaidBy.OTHER_COUNCIL
        return PaidBy.SELF if self.number % 6 == 0 else PaidBy.COUNCIL

    @property
    def medicine(self) -> bool:
        """Whether they must have medicine at its time."""
        return self.number % 10 == 3

    @property
    def calls(self) -> str:
        """When carers call, where they live at home."""
        return ("07:30 12:30 18:00 21:30", "08:00 17:30", "09:00")[self.number % 3]

    @property
    def on_the_list(self) -> ListedPerson:
        """As a list has them that knows no register ids."""
        return ListedPerson(name=self.name, born_on=self.born_on, paid_by=self.paid_by)


def known_to_us(database: Database, provider: str, clients: Iterable[Client], *, at_home: bool = False) -> None:
    """The register has these people, and that they have their care from the provider."""
    with database.write() as session:
        for one in clients:
            session.add(Person(id=one.id, record_id=f"LAS-{one.id}", name=one.name, born_on=one.born_on))
        session.flush()
        for one in clients:
            session.add(
                CarePackage(
                    person_id=one.id, provider_id=provider, since=SINCE, paid_by=str(one.paid_by),
                    call_times=one.calls if at_home else None, carers=2 if one.number % 8 == 1 else 1,
                    time_critical_medicine=one.medicine, lives_alone=one.number % 4 == 1,
                    placed_by="Eastmere Council" if one.paid_by is PaidBy.OTHER_COUNCIL else None,
                )
            )  # fmt: skip


@dataclass
class Fate:
    """How one person's care goes on, and what goes wrong on the way."""

    way: Way = Way.NEW_PROVIDER
    tries: int = 0
    """So often nobody opens before they are seen."""
    put_off: bool = False
    """They do not move on the day that was prepared."""
    not_well: bool = False
    """The first check finds them not well."""


@dataclass
class Room:
    """Staff who work down the list of one incident: whatever is asked about its people is answered as the fates say."""

    office: Office
    incident: str
    fates: Callable[[int], Fate]
    """By number on the list."""
    covered_until: datetime | None = None
    """Until when whoever gives somebody's care in between gives it; none: for a day each time."""
    answered: Counter[str] = field(default_factory=Counter)
    """How many answers were given on each form."""
    at_most: dict[str, int] = field(default_factory=dict)
    """No more than so many answers on a form in one round: there are only so many staff."""
    _done: set[tuple[str, int]] = field(default_factory=set)
    _tried: Counter[int] = field(default_factory=Counter)

    def works(self, only: Callable[[AffectedPerson], bool] = lambda _: True) -> int:
        """Answer what is asked now about whoever `only` admits, and whatever that leads to; gives how many answers."""
        given: Counter[str] = Counter()
        while True:
            before = given.total()
            for item_id, row, form, of in self._asked(only):
                if given[form] >= self.at_most.get(form, 10_000):
                    continue
                reply = self._reply(row, form)
                if reply is None:
                    continue
                said = with_the_word(type(reply), reply.model_dump(mode="json"))
                worklist.answer(self.office.council, item_id, said, by=_BY.get(form) or _OF.get(of, "practitioner"))
                given[form] += 1
            self.office.hours_pass(0)
            if given.total() == before:
                self.answered += given
                return given.total()

    def _asked(self, only: Callable[[AffectedPerson], bool]) -> list[tuple[str, AffectedPerson, str, str]]:
        """Each open question about somebody, or in the search for their care, in the order of risk and the list."""
        with self.office.council.database.read() as session:
            rows = {
                one.case_ref: one
                for one in session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == self.incident))
            }
            items = session.execute(
                select(WorkItem.id, WorkItem.form, WorkItem.asked_of, WorkItem.case_ref, Case.parent_ref)
                .join(Case, Case.ref == WorkItem.case_ref)
                .where(WorkItem.state == WorkItemState.OPEN)
            ).tuples()
            about = [(id_, rows.get(case) or rows.get(parent or ""), form, of) for id_, form, of, case, parent in items]
        mine = [(id_, row, form, of) for id_, row, form, of in about if row is not None and only(row)]
        return sorted(mine, key=lambda one: (list(Risk).index(Risk(one[1].risk)), one[1].place, one[2]))

    def _reply(self, row: AffectedPerson, form: str) -> Form | None:
        today, place = local_day(self.office.clock.now()), row.place
        fate = self.fates(place)
        until = self.covered_until or datetime.combine(today + timedelta(days=1), time(20), LONDON)
        match form:
            case "PersonSeen" if self._tried[place] < fate.tries:
                self._tried[place] += 1
                return PersonSeen(seen=False, tried="Nobody opens, and the telephone rings out")
            case "PersonSeen":
                red = row.risk == Risk.RED
                return PersonSeen(
                    seen=True, risk=Risk(row.risk), needs="As the plan says", wishes="To stay in Wenbridge",
                    decides=MakesDecision.THEY_DO, way=fate.way, because="They agreed to it",
                    covered_by="A nurse" if red else "", covered_until=until if red else None,
                )  # fmt: skip
            case "HelpDecided":
                return HelpDecided(done="A key is held next door: somebody goes there now")
            case "SomebodyIsThere":
                return SomebodyIsThere(covered_by="A nurse", covered_until=until)
            case "ArrangementConfirmed":
                return ArrangementConfirmed(confirmed=True, by_whom="Whoever said so", what="All of it", from_day=today)
            case "MovePrepared":
                return MovePrepared(
                    day=today + timedelta(days=2), what_next="They were told", who_does_it="Priya Nair",
                    medicines="In the blister pack", gp="Told", belongings="In two bags", family_told="Everybody",
                    risks="The stairs", liberty=False,
                )  # fmt: skip
            case "MoveDone" if fate.put_off and self._first("MoveDone", place):
                return MoveDone(done=False, why_not="No van came", new_day=today + timedelta(days=1))
            case "MoveDone":
                return MoveDone(done=True, received_by="The matron")
            case "CheckedAfterwards" if fate.not_well and self._first("CheckedAfterwards", place):
                return CheckedAfterwards(well=False, trouble="They fall", risk=Risk.AMBER, way=Way.FAMILY)
            case "CheckedAfterwards":
                return CheckedAfterwards(well=True, what_next="A review in six weeks, by Priya Nair")
            case "SourcingBegun":
                return SourcingBegun(begun="Three homes rung")
            case "ProviderOffered":
                return ProviderOffered(found=True, provider="larch-court", offer="A room", starts_on=today)
            case "OfferAnswered":
                return OfferAnswered(accepted=True, answered_by="They themselves")
            case "ProviderTakesItOn":
                return ProviderTakesItOn(taken_on=True, by_whom="The matron", starts_on=today + timedelta(days=2))
            case _:
                return None

    def _first(self, form: str, place: int) -> bool:
        """Whether it is the first time for this person."""
        is_first = (form, place) not in self._done
        self._done.add((form, place))
        return is_first


_BY = {
    "HelpDecided": "team-manager",
    "SourcingBegun": "brokerage-officer",
    "ProviderOffered": "brokerage-officer",
    "ProviderTakesItOn": "brokerage-officer",
}
"""Who answers what is not asked of whoever sees people."""
_OF = {"team-rowan": "practitioner-4"}
"""Who sees people for a team, where it is not Hazel."""
