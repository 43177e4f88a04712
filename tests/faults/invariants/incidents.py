"""What holds of every incident: whoever is on its list is accounted for, or somebody is asked about them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.invariants.evidence import Evidence
from tests.providers.incident_ledgers import incidents, what_is_wrong


def nobody_of_an_incident_is_lost(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The figures are the sum of the list, and no incident has ended with anybody unaccounted for."""
    for incident in incidents(evidence.council.database):
        for how in what_is_wrong(evidence.council.database, incident):
            yield incident, how
