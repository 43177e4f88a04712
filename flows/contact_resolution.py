"""Resolving a contact at duty: what duty can bring to its outcome it does, and whoever is responsible hears of it."""

from __future__ import annotations

from flows.disclosure import disclosure
from flows.follow_up import follow_up
from flows.written_contact_paperwork import (
    DUTY,
    acknowledgement_in_words,
    ask_to_acknowledge,
    by_when,
    make_the_record,
)
from models.forms.contact_resolution import DoneForAnother, SettledAtDuty
from models.forms.disclosure import DisclosureWish
from models.forms.follow_up import FollowUpFacts
from models.notices import Recipient
from models.written_contact_findings import TransferOutcome
from tasks.contact_resolution import look_up_who_is_responsible
from tasks.durable import Asked, Verb, ask, open_case, tell
from tasks.written_contact import SortedContact, letter_with, to_act_on


def settle_at_duty(letter: SortedContact, *, of: Asked) -> TransferOutcome:
    """
    Deal with a contact at duty (DUTY-30 to DUTY-32, GAP-04).

    Nobody is allocated and no team is responsible, or nobody took it, or it asks what duty can answer itself. Duty
    settles it in time for what it asks; silence is chased. Whoever is responsible hears of what was done for them, and
    a later check is agreed where one is needed.
    """
    settled = ask(
        SettledAtDuty,
        of=of,
        about=to_act_on(letter),
        urgent=letter.sorting.urgent,
        wanted_within=by_when(letter),
        clauses="DUTY-30 DUTY-31 DUTY-32",
    )
    acknowledging = ask_to_acknowledge(letter, settled.acknowledgement_sent, of=DUTY)  # DUTY-26
    for_others = see_to_what_follows(letter, settled, f"Settled at duty: {settled.what_was_done}")  # DUTY-33 to DUTY-37
    acknowledged = acknowledgement_in_words(settled.acknowledgement_sent, acknowledging)
    make_the_record(letter, (f"Settled at duty: {settled.what_was_done}", *for_others, acknowledged))  # DUTY-34
    return TransferOutcome.SETTLED_AT_DUTY


def see_to_what_follows(letter: SortedContact, done: DoneForAnother, so_far: str) -> tuple[str, ...]:
    """
    What was done for another is told to them, what goes outside passes the gate, and a later check is made certain.

    Gives lines for the record.
    """
    lines = tuple(f"Done for whoever is responsible: {one}" for one in done.functions)  # DUTY-33
    for number, referral in enumerate(done.referrals_out, start=1):  # DUTY-33, DUTY-63
        wish = DisclosureWish(
            recipient=referral.recipient,
            purpose=referral.purpose,
            content=referral.content,
            about_person=letter.sorting.about_person,
            emergency=referral.emergency,
        )
        ref = open_case(disclosure, wish, owner=DUTY, key=f"referral-{number}", clauses="DUTY-63")
        lines = (*lines, f"Referral to {referral}: case {ref}.")
    for_them = bool(done.functions or done.referrals_out) or letter.sorting.settled_here is not None
    if not for_them and done.follow_up is None:
        return lines
    responsible = look_up_who_is_responsible(letter.sorting.about_person).tag
    if for_them and responsible is not None:
        tell(Recipient.from_tag(responsible), Verb.READ, "duty-has-acted-for-you", clauses="DUTY-34")
    if done.follow_up is not None:  # DUTY-35
        facts = FollowUpFacts(
            wanted=done.follow_up,
            about_person=letter.sorting.about_person,
            responsible=responsible,
            done_so_far=letter_with(letter.contact, so_far, *lines),
        )
        ref = open_case(follow_up, facts, owner=DUTY, clauses="DUTY-35 DUTY-37")
        lines = (*lines, f"Follow-up on {done.follow_up.on:%d %B %Y} by {done.follow_up.by}: case {ref}.")
    return lines
