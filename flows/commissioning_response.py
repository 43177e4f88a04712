"""Commissioning's response to a concern about a provider: what fits is chosen, and each of it is done."""

from __future__ import annotations

from enum import StrEnum

from flows.commissioning_acts import (
    HOST,
    JOINT,
    PLAN_DAY,
    PLAN_LOOKED_AT,
    REGULATOR_GATE,
    Came,
    Doing,
    Matter,
    ask_lead,
    begin,
    contact_in_words,
    gate_has_closed,
    look_at_plan,
    not_given,
    plan_agreed,
    plan_looked_at,
    put_to_the_gate,
    write_to_everybody,
)
from flows.commissioning_support import commissioning_support
from models.forms.commissioning import (
    ActionPlanAgreed,
    ActionPlanLookedAt,
    ContractRenegotiated,
    JointWorkDone,
    LargeScaleResponseTakenOn,
    LetterToPeople,
    NotGivenOn,
    ProviderConcernReceived,
    ProviderNews,
    ProviderResponse,
    ResponseSettled,
    SignpostingStopped,
    SupportAsked,
    SupportCame,
    SupportWanted,
)
from models.forms.provider_concern import ContactKnown
from models.notices import Recipient
from tasks.case_people import about_person
from tasks.durable import Closed, Due, Verb, Wait, closed, hears, open_case, procedure, send, tell, this_case, which_of
from tasks.durable.in_force import policy
from tasks.providers.responding import look_up_provider, look_up_whether_to_contact

SETTLING = "settling"


class ResponseOutcome(StrEnum):
    """How it ended."""

    DONE = "every response is done"
    """Each is on record, and no stop holds."""
    NOTHING_CALLED_FOR = "nothing was called for"
    """Whoever took it on says why."""


Heard = ProviderNews | SupportWanted | SupportCame | ContactKnown


@procedure(follows="Monitoring Actions (Reablement), November 2023: concerns about a provider")
def commissioning_response(received: ProviderConcernReceived) -> ResponseOutcome:
    """
    Settle what is done about a provider, and see that each of it is done.

    Whoever took the concern on chooses from the list, several at once where they fit, with reasons; more may follow as
    news comes. A plan with the provider is looked at until it is met. A stop holds at once, everywhere, is looked at on
    the day named, and is lifted by a decision only. Whatever goes outside passes the disclosure gate. Everybody who
    uses the service may be written to, whoever pays. Practitioners who are asked for support give it, unless an
    exception holds. Silence is chased; it is over once nothing is open.
    """
    about_person(received.about_person)
    matter = Matter(received, look_up_provider(received.provider, received.provider_in_words), received.provider)
    if matter.stands.host:
        put_to_the_gate(matter, HOST, received.what)  # REA-43, GAP-37
    settle(matter)
    while matter.open:
        match which_of(everything_awaited(matter)):
            case _, ResponseSettled() as settled:
                begin_what_was_chosen(matter, settled)  # REA-47
            case doing, ContractRenegotiated() | SignpostingStopped() | JointWorkDone() as done:
                del matter.open[doing]
                matter.so_far.append(f"{done.title.capitalize()}:{done.in_words}")
            case doing, LargeScaleResponseTakenOn() as reply:
                del matter.open[doing]
                matter.so_far.append(f"Large-scale safeguarding response:{reply.in_words}")
            case _, ActionPlanAgreed() as plan:
                plan_agreed(matter, plan)
            case _, ActionPlanLookedAt() as looked:
                plan_looked_at(matter, looked)
            case _, LetterToPeople() as letter:
                write_to_everybody(matter, letter)
            case doing, NotGivenOn() as said:
                not_given(matter, doing, said)
            case ((("host" | "joint" | "regulator") as doing), Closed() as gate):
                gate_has_closed(matter, doing, gate)
            case doing, Closed():
                del matter.open[doing]
            case _, Due():
                look_at_plan(matter)
            case _, ProviderNews(what=what):
                look_at_all_of_it_again(matter, what)
            case _, SupportWanted() as wanted:
                ask_for_support(matter, wanted)
            case _, SupportCame(what=what):
                support_came(matter, what)
            case _, ContactKnown() as contact:
                contact_is_known(matter, contact)
    tell(Recipient.from_tag(received.reported_by), Verb.READ, "what-became-of-your-concern-is-known", clauses="REA-47")
    return ResponseOutcome.DONE if matter.chosen else ResponseOutcome.NOTHING_CALLED_FOR


def everything_awaited(matter: Matter) -> dict[Doing, Wait[Came | Heard]]:
    """What is open, and what may come at any time."""
    return {
        **matter.open,
        "news": hears(ProviderNews),
        "support wanted": hears(SupportWanted),
        "support came": hears(SupportCame),
        "contact": hears(ContactKnown),
    }


def settle(matter: Matter) -> None:
    """Whoever took it on settles what fits best (REA-47)."""
    matter.close(SETTLING)
    soon = policy().gaps.reasonable_time.reasonable
    matter.open[SETTLING] = ask_lead(matter, ResponseSettled, wanted_within=soon)


def begin_what_was_chosen(matter: Matter, settled: ResponseSettled) -> None:
    """Each response is begun, in the order of the list; what is under way already goes on."""
    del matter.open[SETTLING]
    if matter.provider is None and settled.provider is not None:
        matter.provider = settled.provider
        matter.stands = look_up_provider(settled.provider, matter.received.provider_in_words)
        if matter.stands.host:
            put_to_the_gate(matter, HOST, matter.received.what)
    chosen = [one for one in ProviderResponse if one in settled.responses and not under_way(matter, one)]
    matter.chosen.update(chosen)
    matter.so_far.append(f"Chosen: {', '.join(chosen) or 'nothing more'}. {settled.reasons}")
    for one in chosen:
        begin(matter, one, settled)


def under_way(matter: Matter, response: ProviderResponse) -> bool:
    """Whether it was chosen before and is not done yet."""
    match response:
        case ProviderResponse.ACTION_PLAN:
            steps = {str(response), PLAN_DAY, PLAN_LOOKED_AT}
        case ProviderResponse.JOINT_WORK:
            steps = {str(response), JOINT, f"{JOINT} not given"}
        case ProviderResponse.NOTIFY_REGULATOR:
            steps = {REGULATOR_GATE, f"{REGULATOR_GATE} not given"}
        case ProviderResponse.WRITE:
            steps = {str(response), *(one for one in matter.open if one.startswith("letter "))}
        case _:
            steps = {str(response)}
    return not steps.isdisjoint(matter.open)


def look_at_all_of_it_again(matter: Matter, news: str) -> None:
    """News: what is done is settled again, and a stop or plan is looked at now and not on its day."""
    matter.so_far.append(f"News: {news}")
    settle(matter)
    if PLAN_DAY in matter.open:
        look_at_plan(matter)
    if ProviderResponse.STOP in matter.open:
        send(matter.stop, ProviderNews(what=news), clauses="REA-47")


def ask_for_support(matter: Matter, wanted: SupportWanted) -> None:
    """A practitioner is asked for more, or for help, in a case of their own (REA-48)."""
    asked = SupportAsked(
        of=wanted.of,
        kind=wanted.kind,
        what=wanted.what,
        provider=matter.stands.name,
        asked_by=matter.lead.tag,
        came_from=this_case(),
    )
    ref = open_case(commissioning_support, asked, owner=matter.lead, clauses="REA-48")
    matter.open[f"support {ref}"] = closed(ref)


def support_came(matter: Matter, what: str) -> None:
    """Whoever asked for it reads it."""
    matter.so_far.append(f"Support: {what}")
    tell(matter.lead, Verb.READ, "support-has-come-about-a-provider", clauses="REA-48")


def contact_is_known(matter: Matter, contact: ContactKnown) -> None:
    """Whoever looks into it knows whether they may contact the person; it goes ahead either way (REA-46, REA-55)."""
    matter.so_far.append(contact_in_words(contact, look_up_whether_to_contact()))
    tell(matter.lead, Verb.READ, "whether-somebody-may-be-contacted", clauses="REA-46 REA-55")
