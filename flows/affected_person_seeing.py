"""Somebody whom a provider's failure touches is seen, and it is settled how their care goes on."""

from __future__ import annotations

from flows.advocacy import advocacy
from flows.affected_person_arranging import go_their_way
from flows.affected_person_calls import is_covered
from flows.affected_person_standing import (
    Asked,
    Person,
    have_somebody_there,
    to_read,
)
from models.forms.advocacy import AdvocacyNeed
from models.forms.affected_person import (
    HelpDecided,
    PersonSeen,
)
from models.policy.gaps.duty import AdvocacyStep
from models.provider_failure.clocks import seen_by
from models.provider_failure.kinds import PersonOutcome, Way
from models.roles import Role
from tasks.durable import (
    decision,
    now,
    open_case,
    take_back,
    this_case,
)
from tasks.provider_failure.people import (
    look_whether_a_manager_decides,
    note_seen,
)


def ask_to_see_them(person: Person) -> None:
    """Whoever sees them finds it on the room's list; nobody gets a notice for each person."""
    person.open[Asked.SEEN] = decision(
        PersonSeen,
        of=person.whose,
        about=to_read(person),
        wanted_within=seen_by(person.risk, now()),
        clauses="TRN-47 TRN-48",
    )


def not_reached(person: Person, tried: str) -> None:
    """It is tried again; after some tries in vain a manager decides what is done."""
    person.tries += 1
    person.so_far.append(f"Not reached: {tried}")
    ask_to_see_them(person)
    if Asked.HELP not in person.open and look_whether_a_manager_decides(person.tries):
        person.open[Asked.HELP] = decision(
            HelpDecided, of=Role.TEAM_MANAGER, near=person.touched.team, about=to_read(person), urgent=True,
            clauses="TRN-47",
        )  # fmt: skip


def was_seen(person: Person, seen: PersonSeen) -> None:
    """What they need is known: who gives the care until then, and how it goes on."""
    assert seen.way is not None
    person.seen, person.risk, person.tries = seen, seen.risk or person.risk, 0
    note_seen(seen.risk, seen.way)
    take_back(person.open, Asked.LATE, Asked.HELP)
    if seen.way is Way.NOT_AFFECTED:
        person.ended = PersonOutcome.NOT_AFFECTED
        return
    person.so_far.append(f"Seen:{seen.in_words}")
    if seen.advocate_needed:
        find_an_advocate(person, seen)
    if seen.covered_until is not None:
        is_covered(person, seen.covered_by, seen.covered_until)
    else:
        have_somebody_there(person)
    go_their_way(person, seen.way)


def find_an_advocate(person: Person, seen: PersonSeen) -> None:
    """An independent advocate stands by them in what is decided about their care (DUTY-40)."""
    if person.touched.person is None:
        person.so_far.append("An advocate is needed: refer them by hand, as the register does not have them.")
        return
    need = AdvocacyNeed(
        about_person=person.touched.person,
        step=AdvocacyStep.PLANNING,
        what=f"{person.touched.provider_name} fails: how their care goes on is decided. {seen.needs}",
        decided_by=person.whose.tag,
        came_from=this_case(),
    )
    person.advocacy = open_case(advocacy, need, owner=person.whose, clauses="DUTY-40 TRN-02")
