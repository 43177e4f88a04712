"""The first question about each person, put with the list: it does not wait for the run of their own case."""

from __future__ import annotations

from models.forms.affected_person import AffectedByFailure, PersonSeen
from models.notices import Recipient
from models.provider_failure.clocks import seen_by
from tasks.durable.leg import Step, step_in
from tasks.durable.work_items import Question, put_to

KEY = PersonSeen.slug()
"""Under which the person's own flow finds it asked."""


def put_first_question(here: Step, ref: str, touched: AffectedByFailure, *more: str) -> None:
    """Ask the team to see them, in the transaction that opened their case."""
    child = step_in(here.change, here.change.lock(ref))
    question = Question(
        form=PersonSeen,
        of=Recipient.team(touched.team),
        about="\n".join([touched.in_words, *more]),
        urgent=False,
        clauses=("TRN-47", "TRN-48"),
        within=seen_by(touched.risk, here.now),
        lapses=False,
    )
    put_to(child, KEY, question)
