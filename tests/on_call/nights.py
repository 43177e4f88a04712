"""A rota, a council that reads it, and the round of the night, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy import select

from models.connections import Connections, OnCallRota
from models.forms.urgent_action import UrgentActionFacts
from models.on_call.tables import OnCallOffer, OnCallWork
from models.working_time import LONDON
from tasks.durable.testing import Office
from tasks.on_call.holding import take_in_hand
from tasks.on_call.rota_reading import read_rota
from tasks.on_call.rota_watch import watch_the_rota
from tasks.on_call.round import look_after_the_night

SATURDAY = "2026-01-10"
"""The example week: Monday 5 January 2026 is a working day, Saturday the 10th is not."""
DUTY, MANAGER = "practitioner", "rowan-team-leader"
"""Who is on call by the example rota: nobody whose role says so."""
ADDRESSES = {
    "practitioner": "priya.nair@wenbridge.example.org",
    "practitioner-2": "tom.garrick@wenbridge.example.org",
    "practitioner-4": "joanna.fielding@wenbridge.example.org",
    "duty-worker": "dana.whitlock@wenbridge.example.org",
    "rowan-team-leader": "beatrix.ashdown@wenbridge.example.org",
    "team-manager": "ruth.adeyemi@wenbridge.example.org",
    "practitioner-6": "fiona.dunmore@wenbridge.example.org",
}


def shift(says: str, who: str, start: str, end: str, *more: str, zone: str = ";TZID=Europe/London") -> str:
    """One event of a rota: "20260109T170000" to "20260112T083000", on the wall clock; `who` is a staff id or text."""
    address = ADDRESSES.get(who, who)
    attendee = f"ATTENDEE;CN=On call:mailto:{address}" if address else "LOCATION:Town hall"
    lines = (
        "BEGIN:VEVENT", f"UID:{says}-{who}-{start}@rota", f"DTSTART{zone}:{start}", f"DTEND{zone}:{end}",
        f"SUMMARY:{says}", attendee, *more, "END:VEVENT",
    )  # fmt: skip
    return "\r\n".join(lines)


def rota(*shifts: str) -> str:
    """A whole calendar."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *shifts, "END:VCALENDAR", ""])


def everybody_always(start: str = "20260101T000000", end: str = "20260102T000000") -> str:
    """A rota with one duty worker and one manager at every hour of the year."""
    daily = "RRULE:FREQ=DAILY;UNTIL=20270131T000000Z"
    return rota(
        shift("Duty worker on call", DUTY, start, end, daily), shift("On-call manager", MANAGER, start, end, daily)
    )


@dataclass
class Nights:
    """What happens in an office while it is closed."""

    office: Office
    file: Path
    every_hours: float = 4
    """How often the tests make the round that is made every minute."""

    def rota_is(self, text: str, **settings: object) -> None:
        """From now on the council's rota is that one, and it has just been read."""
        self.file.write_text(text)
        data = {"file": self.file, **settings}
        self.office.council.connections = Connections(on_call=OnCallRota.model_validate(data))
        self.read()

    def read(self) -> object:
        """The scheduled reading; gives what went wrong."""
        return read_rota(self.office.council)

    def round(self) -> None:
        """The round that is made every minute, and what follows from it."""
        look_after_the_night(self.office.council)
        watch_the_rota(self.office.council)
        self.office.hours_pass(0)

    def goes_to(self, moment: str) -> None:
        """Go to that local time with a round every so often, as a machine that runs makes them, and a read rota."""
        until = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)
        while self.office.clock.now() < until:
            step = min(until, self.office.clock.now() + timedelta(hours=self.every_hours))
            self.office.today_is(step.astimezone(LONDON).strftime("%Y-%m-%d %H:%M"))
            self.read()
            self.round()

    def has_it(self, case: str, held_by: str, *, by: str | None = None) -> None:
        """Somebody says that they have it; `by` is who took their call."""
        take_in_hand(self.office.council, case, held_by=held_by, by=by or held_by)
        self.office.hours_pass(0)

    def work(self, case: str) -> OnCallWork:
        """What is known of a case in on-call's hands."""
        with self.office.council.database.read() as session:
            return session.scalars(select(OnCallWork).where(OnCallWork.case_ref == case)).one()

    def told(self, case: str) -> set[str]:
        """Staff ids of everybody who was told of a case."""
        with self.office.council.database.read() as session:
            return set(session.scalars(select(OnCallOffer.staff_id).where(OnCallOffer.case_ref == case)))

    def heard(self, tag: str) -> list[str]:
        """Subjects of what somebody was told about work of the night."""
        matter = "work that cannot wait until the office opens"
        return [one.subject for one in self.office.inbox(tag) if matter in one.subject]


def something_urgent(office: Office, **more: object) -> UrgentActionFacts:
    """What cannot wait for P-104, known now."""
    given = {
        "what": "Her carer has not come, and she cannot get out of bed", "about_person": "P-104",
        "known_at": office.clock.now(),
    }  # fmt: skip
    return UrgentActionFacts.model_validate({**given, **cast(dict[str, object], more)})
