"""
Who reads what is said to a role, a team or a member of staff, and through which services.

A recipient is told through the services that carry its tag. A role or team that has none is told through its people:
each holder or member who has a service of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from apprise import Apprise, NotifyBase

from models.notices import Recipient
from tasks.telling.roster import Roster


@dataclass(frozen=True)
class Place:
    """One service through which somebody reads."""

    reader: str
    """The tag by which it was found: the recipient's own, or that of one of its people."""
    name: str
    """Its address with its secrets masked, and a number where two of one reader look alike without them."""
    service: NotifyBase


class Readers:
    """The services of a configuration, and the people who can be reached by them."""

    def __init__(self, services: Apprise, roster: Roster) -> None:
        self._services = services
        self._places: dict[str, tuple[Place, ...]] = {}
        self.roster = roster

    def places_of(self, tag: str) -> tuple[Place, ...]:
        """Where a message to that recipient is read; nowhere, where no service serves them or any of their people."""
        own = self._served_by(tag)
        if own:
            return own
        people = [Recipient.staff(one).tag for one in self.roster.people_of(tag)]
        return tuple(place for one in people for place in self._served_by(one))

    def _served_by(self, tag: str) -> tuple[Place, ...]:
        if tag not in self._places:
            # A service tagged "always" hears everything, but hearing everything is not reaching the recipient.
            found = list(self._services.find(tag=tag, match_always=False))
            self._places[tag] = tuple(Place(tag, name, service) for name, service in _named(found))
        return self._places[tag]


def _named(services: list[NotifyBase]) -> Iterator[tuple[str, NotifyBase]]:
    """Each service with its masked address, and a number where two look alike without their secrets."""
    seen: Counter[str] = Counter()
    for service in services:
        masked: str = service.url(privacy=True)  # type: ignore[no-untyped-call]
        seen[masked] += 1
        yield (masked if seen[masked] == 1 else f"{masked} ({seen[masked]})"), service
