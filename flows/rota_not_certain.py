"""A rota that does not say for certain who is on call: somebody puts it right before the hour comes."""

from __future__ import annotations

from models.forms.on_call_rota import RotaCertainAgain, RotaNotCertainFacts, RotaPutRight
from models.notices import Interruption
from models.on_call.rota import RotaTrouble
from models.roles import Role
from models.working_time import for_people
from tasks.durable import Asked, Verb, decision, first_of, procedure, signal, tell, withdraw
from tasks.on_call.rota_watch import look_up_who_keeps_the_rota


@procedure(follows="Safe Pathways: somebody is always on call", somebody_waits=False)
def rota_not_certain(rota: RotaNotCertainFacts) -> str:
    """
    See that the rota of who is on call is put right.

    Whoever keeps the systems running mends what cannot be read; whoever keeps the rota fills an hour in which nobody
    of ours is named. The on-call manager hears of it, since they are told of what cannot wait until then. Where the
    rota says again who is on call, that ends it. Answered and still wrong, it comes again the next day.
    """
    whose: Asked = Role.SYSTEMS if rota.trouble is RotaTrouble.STALE else Role(look_up_who_keeps_the_rota())
    tell(
        Role.ON_CALL_MANAGER,
        Verb.CHECK,
        "rota-without-somebody-on-call",
        urgent=True,
        interrupts=Interruption.ON_CALL,
        clauses="TRN-05 TRN-07",
    )
    put_right = decision(RotaPutRight, of=whose, about=in_words(rota), urgent=True, clauses="TRN-05 TRN-07")
    match first_of(put_right, signal(RotaCertainAgain)):
        case RotaPutRight():
            return "put right by hand"
        case RotaCertainAgain():
            withdraw(put_right)
            return "certain again"


def in_words(rota: RotaNotCertainFacts) -> str:
    """What is wrong, and for which hours."""
    words = f"{rota.trouble.in_words[0].upper()}{rota.trouble.in_words[1:]}"
    until = f" until {for_people(rota.ends_at)}" if rota.ends_at else ""
    more = f" {rota.not_understood} events say neither duty worker nor manager." if rota.not_understood else ""
    return f"{words}: from {for_people(rota.begins_at)}{until}.{more} See docs/runbook/on-call-rota.md"
