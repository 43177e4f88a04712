"""Each response to a concern about a provider is carried out and recorded; a part of commissioning's response."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.disclosure import disclosure
from flows.provider_letter import provider_letter
from flows.provider_stop import provider_stop
from models.disclosures import DisclosureOutcome
from models.forms.base import FormT
from models.forms.commissioning import (
    ActionPlanAgreed,
    ActionPlanLookedAt,
    ContractRenegotiated,
    JointWorkDone,
    LargeScaleResponseTakenOn,
    LetterToPeople,
    NotGivenOn,
    ProviderConcernReceived,
    ProviderResponse,
    ResponseSettled,
    SignpostingStopped,
    StopDecided,
)
from models.forms.disclosure import DisclosureWish
from models.forms.provider_concern import ContactKnown, MayContact
from models.forms.telling_people import PersonTelling
from models.notices import Recipient
from models.telling_findings import ToBeTold
from tasks.durable import Closed, Due, Wait, at, closed, decision, open_case, take_back, this_case
from tasks.durable.in_force import policy
from tasks.durable.work_items import ByWhen
from tasks.providers.concerns import work_out_person_told_by
from tasks.providers.responding import ProviderStands, look_up_who_uses, to_decide_on, work_out_looked_at
from tasks.providers.stops import stop_using
from tasks.safeguarding.concerns import look_up_our_team

HOST_COUNCIL = "another council's commissioning service"
TO_PASS_A_CONCERN_ON = "to pass on a concern about a provider in its area"
TO_WORK_TOGETHER = "to work together on a concern about a provider"
REGULATOR = "Care Quality Commission"
TO_NOTIFY_IT = "to notify it of concerns about a provider"
"""Recipients and purposes, as a council's table of routine disclosures may have them (GAP-09)."""

Doing = str
"""What is open about a provider, by a name of its own: a response, or a step of one."""
HOST, JOINT, REGULATOR_GATE = "host", "joint", "regulator"
PLAN_DAY, PLAN_LOOKED_AT = "plan day", "plan looked at"

Came = (
    ResponseSettled
    | ContractRenegotiated
    | SignpostingStopped
    | JointWorkDone
    | LargeScaleResponseTakenOn
    | ActionPlanAgreed
    | ActionPlanLookedAt
    | LetterToPeople
    | NotGivenOn
    | Closed
    | Due
)


@dataclass
class Matter:
    """What is done about a provider, as the ledger tells it so far."""

    received: ProviderConcernReceived
    stands: ProviderStands
    provider: str | None
    """Provider id, once it is known."""
    open: dict[Doing, Wait[Came]] = field(default_factory=dict)
    chosen: set[ProviderResponse] = field(default_factory=set)
    other_council: str = ""
    stop: str = ""
    """Ref of the case that looks after the latest stop."""
    so_far: list[str] = field(default_factory=list)

    @property
    def lead(self) -> Recipient:
        """Who took it on."""
        return Recipient.from_tag(self.received.led_by)

    def close(self, doing: Doing) -> None:
        """It is no longer awaited."""
        take_back(self.open, doing)


def ask_lead(
    matter: Matter, form: type[FormT], *more: str, wanted_within: ByWhen | None = None, key: str | None = None
) -> Wait[FormT]:
    """Whoever leads on it is asked."""
    return decision(
        form,
        of=matter.lead,
        about=to_decide_on(matter.received, matter.stands, *matter.so_far, *more),
        key=key,
        wanted_within=wanted_within or policy().gaps.reasonable_time.few_days,
        clauses="REA-47",
    )


def begin(matter: Matter, response: ProviderResponse, settled: ResponseSettled) -> None:
    """What was chosen is begun; it stays open until it is done (REA-47)."""
    match response:
        case ProviderResponse.RENEGOTIATE:
            matter.open[response] = ask_lead(matter, ContractRenegotiated)
        case ProviderResponse.ACTION_PLAN:
            matter.open[response] = ask_lead(matter, ActionPlanAgreed)
        case ProviderResponse.STOP:
            begin_stop(matter, settled)
        case ProviderResponse.LARGE_SCALE_SAFEGUARDING:
            ask_for_a_large_scale_response(matter)
        case ProviderResponse.JOINT_WORK:
            matter.other_council = settled.other_council
            put_to_the_gate(matter, JOINT, matter.received.what)
        case ProviderResponse.STOP_SIGNPOSTING:
            matter.open[response] = ask_lead(matter, SignpostingStopped)
        case ProviderResponse.NOTIFY_REGULATOR:
            put_to_the_gate(matter, REGULATOR_GATE, matter.received.what)
        case ProviderResponse.WRITE:
            matter.open[response] = ask_lead(matter, LetterToPeople)


def ask_for_a_large_scale_response(matter: Matter) -> None:
    """Those who carry out safeguarding take it on, or say why it is not one."""
    matter.open[ProviderResponse.LARGE_SCALE_SAFEGUARDING] = decision(
        LargeScaleResponseTakenOn,
        of=Recipient.from_tag(look_up_our_team()),
        about=to_decide_on(matter.received, matter.stands, *matter.so_far),
        urgent=True,
        wanted_within=policy().gaps.reasonable_time.reasonable_urgent,
        clauses="REA-47",
    )


def begin_stop(matter: Matter, settled: ResponseSettled) -> None:
    """It holds from this moment, everywhere; a case of its own looks after it until it is lifted (REA-47)."""
    assert matter.provider is not None and settled.stop_looked_at_on is not None  # held against at the door
    decided = StopDecided(
        name=matter.stands.name,
        reasons=settled.reasons,
        looked_at_again_on=settled.stop_looked_at_on,
        led_by=matter.lead.tag,
        came_from=this_case(),
    )
    matter.stop = open_case(provider_stop, decided, owner=matter.lead, clauses="REA-47")
    stop_using(matter.provider, settled.stop_looked_at_on, matter.stop)
    matter.open[ProviderResponse.STOP] = closed(matter.stop)


# ------------------------------------------------------------------ the plan


def plan_agreed(matter: Matter, plan: ActionPlanAgreed) -> None:
    """It is looked at on the day named, or it is on record why there is none."""
    del matter.open[ProviderResponse.ACTION_PLAN]
    if plan.looked_at_on is None:
        matter.so_far.append(f"No plan is agreed: {plan.not_agreed_because}")
        return
    matter.so_far.append(f"Plan agreed, to be met by {plan.met_by:%d %B %Y}: {plan.plan}")
    matter.open[PLAN_DAY] = at("plan-looked-at", work_out_looked_at("plan", plan.looked_at_on))


def look_at_plan(matter: Matter) -> None:
    """Its day has come, or there is news."""
    matter.close(PLAN_DAY)
    matter.open[PLAN_LOOKED_AT] = ask_lead(matter, ActionPlanLookedAt)


def plan_looked_at(matter: Matter, looked: ActionPlanLookedAt) -> None:
    """Until it is met, or it is on record what is done instead."""
    del matter.open[PLAN_LOOKED_AT]
    matter.so_far.append(f"Plan {'met' if looked.is_met else 'not met'}: {looked.what_was_seen}")
    if looked.looked_at_again_on is not None and not looked.is_met:
        again = work_out_looked_at("plan", looked.looked_at_again_on)
        matter.open[PLAN_DAY] = at("plan-looked-at", again)


# ------------------------------------------------------------------ to others outside


def put_to_the_gate(matter: Matter, doing: Doing, content: str) -> None:
    """What somebody outside is given passes the disclosure gate, and a person gives it (DUTY-63)."""
    recipient, purpose, who = {
        HOST: (HOST_COUNCIL, TO_PASS_A_CONCERN_ON, matter.stands.host),
        JOINT: (HOST_COUNCIL, TO_WORK_TOGETHER, matter.other_council),
        REGULATOR_GATE: (REGULATOR, TO_NOTIFY_IT, REGULATOR),
    }[doing]
    wish = DisclosureWish(
        recipient=recipient,
        purpose=purpose,
        content=f"{matter.stands.name}: {content}",
        about_person=matter.received.about_person,
        who_exactly=who,
        given_by=matter.lead.tag,
    )
    ref = open_case(disclosure, wish, owner=matter.lead, key=f"gate-{doing}", clauses="REA-47 DUTY-63")
    matter.open[doing] = closed(ref)


def gate_has_closed(matter: Matter, doing: Doing, gate: Closed) -> None:
    """It was given; or it is asked what follows, for it is not left at that."""
    del matter.open[doing]
    matter.so_far.append(f"To others ({doing}): {gate.outcome} (case {gate.ref})")
    if gate.outcome != DisclosureOutcome.GIVEN:
        why = f"It was not given: see case {gate.ref}."
        matter.open[f"{doing} not given"] = ask_lead(matter, NotGivenOn, why, key=f"not-given-{doing}")
    elif doing == JOINT:
        matter.open[ProviderResponse.JOINT_WORK] = ask_lead(matter, JointWorkDone)


def not_given(matter: Matter, doing: Doing, said: NotGivenOn) -> None:
    """It is tried again, or something is done instead."""
    del matter.open[doing]
    if said.content:
        put_to_the_gate(matter, doing.removesuffix(" not given"), said.content)
    else:
        matter.so_far.append(f"Instead: {said.instead}")


# ------------------------------------------------------------------ the people who use it


def write_to_everybody(matter: Matter, letter: LetterToPeople) -> None:
    """Everybody with care from it is told, whoever pays, each in a case of their own (GAP-48)."""
    del matter.open[ProviderResponse.WRITE]
    if matter.provider is None or letter.not_written_because:
        matter.so_far.append(f"Nobody was written to: {letter.not_written_because}")
        return
    by = work_out_person_told_by()
    for one in look_up_who_uses(matter.provider, matter.lead.tag).people:
        telling = PersonTelling(
            whom=ToBeTold.the_person(one.person),
            subject=letter.subject,
            body=letter.body,
            about=f"Provider: {matter.stands.name}",
            of=one.of,
            wanted_by=by,
            clauses=("REA-47",),
        )
        ref = open_case(provider_letter, telling, owner=Recipient.from_tag(one.of), clauses="REA-47")
        matter.open[f"letter {ref}"] = closed(ref)


# ------------------------------------------------------------------ whether the person may be contacted


def contact_in_words(contact: ContactKnown, without_consent: bool) -> str:
    """Whether whoever looks into it may contact the person with whom it happened (REA-46, REA-55, GAP-39)."""
    if not contact.told:
        return f"The person does not know of it. Do not contact them: {contact.not_told_because}"
    whom = f" They were heard through: {contact.spoken_with}." if contact.spoken_with else ""
    if contact.may_contact is MayContact.AGREES:
        return f"The person knows of it, and may be contacted.{whom}"
    if without_consent:
        return f"The person knows of it, and has not agreed to be contacted; policy allows it all the same.{whom}"
    return f"The person knows of it. Do not contact them, they have not agreed.{whom}"
