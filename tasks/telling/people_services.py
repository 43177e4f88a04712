"""The services of the connections file by which people outside are written to, made ready for one message each."""

from __future__ import annotations

import re
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat

from models.connections import PeopleServices
from models.errors import PathwaysError
from models.person_messages import MessageKind, SentBy
from tasks.telling.apprise_log import close_apprise_log, trouble_noted
from tasks.telling.mailbox_service import offer_services
from tasks.telling.people_outward import Arrival, CarriesOutward, Handed, NotTaken, Outward, Taken

_MAILTO = re.compile(r"\s*mailto(s?)://", re.IGNORECASE)
_SETTING = {SentBy.EMAIL: "email", SentBy.TEXT_MESSAGE: "text_message", SentBy.LETTER: "letter"}
_FOR_A_TRY = {
    SentBy.EMAIL: "somebody@example.org",
    SentBy.TEXT_MESSAGE: "07700900000",
    SentBy.LETTER: "A Person\n1 Some Street\nSW1A 1AA",
}
"""Made-up addresses with which it is seen whether a service can be used at all."""


class ServiceUnusable(PathwaysError):
    """A service for people outside cannot be used as it stands in the connections file."""

    def __init__(self, sent_by: SentBy) -> None:
        super().__init__(
            f"people.{_SETTING[sent_by]} in the connections file is not an address that Apprise can use, or has no"
            " {address} in it; compare it with docs/telling-people.md"
        )


def can_send(people: PeopleServices, sent_by: SentBy) -> bool:
    """Whether there is a service for that way of sending, and it can be used."""
    return bool(_template(people, sent_by)) and not _is_unusable(people, sent_by)


def check_services(people: PeopleServices) -> None:
    """See that every service that is named can be used. Raises `ServiceUnusable`."""
    for sent_by in SentBy:
        if _template(people, sent_by) and _is_unusable(people, sent_by):
            raise ServiceUnusable(sent_by)


def hand_over(people: PeopleServices, sent_by: SentBy, outward: Outward) -> Handed:
    """Hand one message to its service, and say what became of it. Raises nothing."""
    with trouble_noted() as trouble:
        try:
            service = _service(people, sent_by, outward)
        except ServiceUnusable:
            return NotTaken("the service in the connections file cannot be used")
        alone = Apprise(asset=service.asset)
        alone.add(service)
        try:
            taken = alone.notify(
                body=outward.body, title=outward.subject, body_format=NotifyFormat.TEXT, interpret_escapes=False
            )
        except Exception as failed:  # a service may raise whatever it likes; it is tried again
            return NotTaken(type(failed).__name__)
    if isinstance(service, CarriesOutward) and service.handed is not None:
        return service.handed
    return Taken() if taken else NotTaken(str(trouble) or "the service did not take it")


def ask_after(people: PeopleServices, sent_by: SentBy, outward: Outward, service_ref: str) -> Arrival | None:
    """What the service's delivery receipt says; None while nothing is known, or it cannot be asked."""
    with trouble_noted():
        try:
            service = _service(people, sent_by, outward)
            return service.became(service_ref) if isinstance(service, CarriesOutward) else None
        except Exception:  # asked again later; the text of the error may be personal
            return None


def _template(people: PeopleServices, sent_by: SentBy) -> str:
    secret = getattr(people, _SETTING[sent_by])
    return secret.get_secret_value() if secret is not None else ""


def _service(people: PeopleServices, sent_by: SentBy, outward: Outward) -> NotifyBase:
    """The service with the message's address in it. Raises `ServiceUnusable`."""
    template = _MAILTO.sub(r"pathwaysmail\1://", _template(people, sent_by))
    if "{address}" not in template:
        raise ServiceUnusable(sent_by)
    close_apprise_log()
    offer_services()
    asset = AppriseAsset(async_mode=False, secure_logging=True, app_id="Safe Pathways")
    service = Apprise.instantiate(template.replace("{address}", quote(outward.address, safe="")), asset=asset)
    if service is None:
        raise ServiceUnusable(sent_by)
    service.optional = False  # else Apprise would call a failure a success
    service.retry = 0  # whether it is tried again is decided here, not in the service
    if isinstance(service, CarriesOutward):
        service.outward = outward
    return service


def _is_unusable(people: PeopleServices, sent_by: SentBy) -> bool:
    tried = Outward("", "", 0, MessageKind.TOLD, _FOR_A_TRY[sent_by], "", "", None, people.sender_domain)
    try:
        _service(people, sent_by, tried)
    except ServiceUnusable:
        return True
    return False
