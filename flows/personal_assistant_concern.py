"""A concern about a personal assistant: the social work team deals with it, and others they work for are thought of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.disclosure import disclosure
from flows.safeguarding_concern import safeguarding_concern
from models.disclosures import DisclosureOutcome
from models.forms.disclosure import DisclosureWish
from models.forms.personal_assistant import (
    AfterTheGate,
    AssistantConcernDiscussed,
    AssistantConcernLookedAt,
    AssistantConcernNoticed,
    EmployerToTell,
    NotToldOfAssistant,
    OtherEmployersConsidered,
    OthersConsidered,
)
from models.notices import Interruption, Recipient
from models.roles import Role
from models.working_time import for_people
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Due,
    Verb,
    Wait,
    answered_by,
    at,
    closed,
    decision,
    open_case,
    procedure,
    role,
    staff,
    take_back,
    tell,
    which_of,
)
from tasks.durable.in_force import policy
from tasks.providers.assistants import (
    look_up_social_work_team,
    make_concerns_for_others,
    work_out_considered_by,
    work_out_direct_payments_by,
    work_out_discussed_by,
)
from tasks.providers.responding import work_out_looked_at
from tasks.written_contact import look_up_what_to_heed

OTHER_EMPLOYER = "another employer of a personal assistant"
TO_WARN_THEM = "to warn them of a concern about the assistant"
REGISTER_HOLDER = "holder of a local register of personal assistants"
TO_UPDATE_IT = "to update the register and consider whether the assistant belongs there"
"""Recipients and purposes, as a council's table of routine disclosures may have them (GAP-09, REA-60)."""

DISCUSSED, DISCUSSED_LATE = "discussed", "discussed late"
LOOKED_AT, NEXT_LOOK = "looked at", "next look"
OTHERS, OTHERS_LATE = "others", "others late"
EMPLOYERS, EMPLOYERS_LATE = "employers", "employers late"
HOLDER = "register holder"


class AssistantOutcome(StrEnum):
    """How it ended."""

    RESOLVED = "resolved"
    """The social work team says so, and everybody who had to be told was, or it is on record what was done instead."""


Came = (
    AssistantConcernDiscussed
    | AssistantConcernLookedAt
    | OthersConsidered
    | OtherEmployersConsidered
    | NotToldOfAssistant
    | Closed
    | Due
)


@dataclass
class Outside:
    """Somebody outside who is to be told."""

    recipient: str
    purpose: str
    who: str
    about: str | None
    given_by: Recipient


@dataclass
class Concern:
    """A concern about a personal assistant, as the ledger tells it so far."""

    noticed: AssistantConcernNoticed
    by: Recipient
    """Whoever noticed it, or duty."""
    team: Recipient
    """The social work team, and from then on whoever of it has it."""
    open: dict[str, Wait[Came]] = field(default_factory=dict)
    outside: dict[str, Outside] = field(default_factory=dict)
    """Whoever is being told, by the name under which that is open."""
    so_far: list[str] = field(default_factory=list)
    holder_is_told: bool = False

    def close(self, doing: str) -> None:
        """It is no longer awaited."""
        take_back(self.open, doing)


@procedure(
    follows="Monitoring Actions (Reablement), November 2023: concerns about a personal assistant",
    by_hand=True,
)
def personal_assistant_concern(noticed: AssistantConcernNoticed) -> AssistantOutcome:
    """
    See that a concern about a personal assistant is dealt with, for whom they work for and for others.

    The social work team discusses it on the same working day with whoever noticed it, and deals with it until it is
    resolved (REA-56, REA-57). Where the assistant works for others too, it is considered on the same day whether one of
    them is in danger: then a safeguarding concern is raised. The direct payments team has it on the next working day,
    and alone tells other employers, through the disclosure gate (REA-58, GAP-40). Whoever keeps a local register hears
    of what is not resolved (REA-59). Silence is chased, and a manager hears of each time that passes.
    """
    about_person(noticed.about_person)
    by = Recipient.from_tag(noticed.noticed_by) if noticed.noticed_by else role(Role.DUTY_WORKER)
    concern = Concern(noticed, by, Recipient.from_tag(look_up_social_work_team(noticed.about_person)))
    bring_to_the_team(concern)  # REA-56
    if noticed.works_for_others:
        think_of_others(concern)  # REA-58
    while concern.open:
        match which_of(concern.open):
            case _, AssistantConcernDiscussed() as discussed:
                was_discussed(concern, discussed)
            case _, AssistantConcernLookedAt() as looked:
                was_looked_at(concern, looked)
            case _, OthersConsidered() as considered:
                others_were_considered(concern, considered)
            case _, OtherEmployersConsidered() as told:
                tell_other_employers(concern, told)
            case doing, NotToldOfAssistant() as said:
                were_not_told(concern, doing, said)
            case doing, Closed() as gate:
                gate_has_closed(concern, doing, gate)
            case doing, Due() if doing == NEXT_LOOK:
                ask_what_was_done(concern)
            case doing, Due():
                time_has_passed(concern, doing)
    tell(concern.by, Verb.READ, "what-became-of-your-concern-is-known", clauses="REA-57")
    return AssistantOutcome.RESOLVED


# ------------------------------------------------------------------ the social work team


def bring_to_the_team(concern: Concern) -> None:
    """The team responsible for the person discusses it on the same working day (REA-56, GAP-40)."""
    by = work_out_discussed_by(concern.noticed.noticed_at)
    concern.open[DISCUSSED] = decision(
        AssistantConcernDiscussed,
        of=concern.team,
        about=to_read(concern),
        wanted_within=by,
        clauses="REA-56",
    )
    concern.open[DISCUSSED_LATE] = at("not-discussed", by)


def was_discussed(concern: Concern, discussed: AssistantConcernDiscussed) -> None:
    """Whoever answers for the team has it from now on."""
    del concern.open[DISCUSSED]
    concern.close(DISCUSSED_LATE)
    concern.team = staff(answered_by(AssistantConcernDiscussed))
    concern.so_far.append(f"Discussed with {discussed.discussed_with}: {discussed.what_is_to_be_done}")
    ask_what_was_done(concern)


def ask_what_was_done(concern: Concern) -> None:
    """The team deals with it, and says how far it is (REA-57)."""
    concern.close(NEXT_LOOK)
    concern.open[LOOKED_AT] = decision(
        AssistantConcernLookedAt,
        of=concern.team,
        about=to_read(concern),
        wanted_within=policy().gaps.reasonable_time.few_days,
        clauses="REA-57",
    )


def was_looked_at(concern: Concern, looked: AssistantConcernLookedAt) -> None:
    """It is resolved; or it is looked at again, and whoever keeps the register is told (REA-57, REA-59)."""
    del concern.open[LOOKED_AT]
    concern.so_far.append(f"Done: {looked.what_was_done}")
    if looked.looked_at_again_on is None:
        return
    concern.open[NEXT_LOOK] = at("assistant-looked-at", work_out_looked_at("assistant", looked.looked_at_again_on))
    if concern.noticed.on_a_register and not concern.holder_is_told:
        concern.holder_is_told = True
        noticed = concern.noticed
        holder = Outside(REGISTER_HOLDER, TO_UPDATE_IT, noticed.register_holder, noticed.about_person, concern.team)
        content = f"There is an unresolved concern about {noticed.assistant}: {noticed.what}"
        put_to_the_gate(concern, HOLDER, holder, content)  # REA-59, REA-60


# ------------------------------------------------------------------ others whom they work for


def think_of_others(concern: Concern) -> None:
    """Whether another is in danger is considered today; direct payments have it tomorrow in any case (GAP-40)."""
    today = work_out_considered_by(concern.noticed.noticed_at)
    concern.open[OTHERS] = decision(
        OthersConsidered,
        of=concern.by,
        about=to_read(concern),
        urgent=True,
        wanted_within=today,
        clauses="REA-58",
    )
    concern.open[OTHERS_LATE] = at("others-not-considered", today)
    tomorrow = work_out_direct_payments_by(concern.noticed.noticed_at)
    concern.open[EMPLOYERS] = decision(
        OtherEmployersConsidered,
        of=policy().gaps.personal_assistants.other_employers_told_only_by,
        about=to_read(concern),
        wanted_within=tomorrow,
        clauses="REA-58",
    )
    concern.open[EMPLOYERS_LATE] = at("employers-not-considered", tomorrow)


def others_were_considered(concern: Concern, considered: OthersConsidered) -> None:
    """For each of those in danger a safeguarding concern is raised at once (REA-58)."""
    del concern.open[OTHERS]
    concern.close(OTHERS_LATE)
    if not considered.danger:
        concern.so_far.append(f"None of the others is in danger: {considered.reasons}")
        return
    for raised in make_concerns_for_others(considered, concern.noticed, concern.by.tag):
        ref = open_case(safeguarding_concern, raised, owner=concern.by, clauses="REA-58 DUTY-49")
        concern.so_far.append(f"Safeguarding concern raised for another: case {ref}")


def tell_other_employers(concern: Concern, told: OtherEmployersConsidered) -> None:
    """Only direct payments tell them, and what they tell passes the gate (REA-58, GAP-40)."""
    del concern.open[EMPLOYERS]
    concern.close(EMPLOYERS_LATE)
    if told.nobody_because:
        concern.so_far.append(f"No other employer is told: {told.nobody_because}")
    by = staff(answered_by(OtherEmployersConsidered))
    for number, employer in enumerate(told.employers, start=1):
        other = Outside(OTHER_EMPLOYER, TO_WARN_THEM, called(employer), concern.noticed.about_person, by)
        put_to_the_gate(concern, f"employer {number}", other, employer.content)


def called(employer: EmployerToTell) -> str:
    """Who it is, for whoever tells them."""
    return employer.person or employer.in_words


# ------------------------------------------------------------------ through the gate


def put_to_the_gate(concern: Concern, doing: str, outside: Outside, content: str) -> None:
    """What somebody outside is told of the assistant passes the disclosure gate (DUTY-63)."""
    concern.outside[doing] = outside
    wish = DisclosureWish(
        recipient=outside.recipient,
        purpose=outside.purpose,
        content=content,
        about_person=outside.about,
        who_exactly=outside.who,
        given_by=outside.given_by.tag,
    )
    key = f"gate-{doing.replace(' ', '-')}"
    ref = open_case(disclosure, wish, owner=outside.given_by, key=key, clauses="REA-58 REA-59 DUTY-63")
    concern.open[doing] = closed(ref)


def gate_has_closed(concern: Concern, doing: str, gate: Closed) -> None:
    """They were told; or it is asked what follows, for it is not left at that."""
    del concern.open[doing]
    concern.so_far.append(f"To the {doing}: {gate.outcome} (case {gate.ref})")
    if gate.outcome == DisclosureOutcome.GIVEN:
        return
    concern.open[doing] = decision(
        NotToldOfAssistant,
        of=concern.outside[doing].given_by,
        about=to_read(concern, f"Not told: {concern.outside[doing].who} (case {gate.ref})"),
        key=f"not-told-{doing.replace(' ', '-')}",
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-58 REA-59",
    )


def were_not_told(concern: Concern, doing: str, said: NotToldOfAssistant) -> None:
    """It is tried again, or something is done instead."""
    del concern.open[doing]
    match said.step:
        case AfterTheGate.TRY_AGAIN:
            put_to_the_gate(concern, doing, concern.outside[doing], said.content)
        case AfterTheGate.INSTEAD:
            concern.so_far.append(f"Instead: {said.instead}")


# ------------------------------------------------------------------ both


def time_has_passed(concern: Concern, doing: str) -> None:
    """A manager hears at once; the question stays, and is chased."""
    del concern.open[doing]
    tell(
        Role.TEAM_MANAGER,
        Verb.CHECK,
        "a-concern-about-an-assistant-is-late",
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        clauses="REA-56 REA-58",
    )


def to_read(concern: Concern, *more: str) -> str:
    """What whoever answers must know: whom to heed first, the assistant, what was noticed, and what has happened."""
    noticed = concern.noticed
    others = "They are known to work for others as well." if noticed.works_for_others else ""
    register = f"They are on a local register: {noticed.register_holder}" if noticed.on_a_register else ""
    lines = (
        look_up_what_to_heed(noticed.about_person).beside_the_form,
        *more,
        f"Personal assistant: {noticed.assistant}, who works for {noticed.about_person}",
        others,
        register,
        f"Noticed by {concern.by.words}, {for_people(noticed.noticed_at)}",
        *concern.so_far,
        "",
        noticed.what,
    )
    return "\n".join(line for line in lines if line or line == "").strip()
