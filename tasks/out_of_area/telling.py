"""
Whoever looks after somebody placed with a provider hears at once of what happens there.

It is told in the step's own transaction and not named one by one in the story of the case that tells it: one of them
may be restricted, and that there is such a case is nobody else's to read.
"""

from __future__ import annotations

from models.forms.base import Signal
from models.forms.out_of_area_signals import ProviderHasConcern, ProviderOfPlacementFails
from models.forms.provider_concern import ProviderConcernNoticed
from models.forms.provider_failure import FailureReported
from models.states import CaseStatus
from tasks.durable import SKIP, audited, here
from tasks.durable.arrivals import take_in_signal
from tasks.durable.leg import Step
from tasks.out_of_area.known import placements_with
from tasks.register.lookups import provider


@audited("Told whoever looks after people placed there out of area", clauses="TRN-50", for_cases_past=SKIP)
def tell_placements_of_concern(noticed: ProviderConcernNoticed) -> None:
    """Whichever council raised it, and whoever is at risk: they see to their own person (TRN-50)."""
    ref = here().case.ref
    _tell_all(
        noticed.provider, noticed.provider_in_words, ProviderHasConcern(concern=ref, at_risk_now=noticed.at_risk_now)
    )


@audited("Told whoever looks after people placed there out of area", clauses="TRN-50 TRN-53", for_cases_past=SKIP)
def tell_placements_of_incident(reported: FailureReported) -> None:
    """Their people are on the incident's list already; they go on looking after them."""
    _tell_all(reported.provider, reported.provider_in_words, ProviderOfPlacementFails(incident=here().case.ref))


def _tell_all(provider_id: str | None, in_words: str, news: Signal) -> None:
    """Not from a restricted case: what it is about is for those who may see it."""
    step: Step = here()
    if step.case.restricted:
        return
    known = provider(step.session, provider_id) if provider_id else None
    for placement, _ in placements_with(step.session, provider_id, known.name if known else in_words):
        if step.change.lock(placement.case_ref).status is not CaseStatus.CLOSED:
            take_in_signal(step.change, placement.case_ref, news, signal_id=f"{step.case.ref}:{news.slug()}")
