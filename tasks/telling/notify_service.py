"""
GOV.UK Notify as an Apprise service, on Notify's own client.

    govuknotify://APIKEY@api.notifications.service.gov.uk/email/ADDRESS?template=UUID

`email`, `sms` or `letter`; `sender` is the id of a reply-to address or sender name; `:anything=text` is one more field
of the template. The template is given the fields subject, body and reference (the case's). `cto` and `rto` are how many
seconds Notify is waited for, to connect and to answer. A server on this very machine is spoken to by plain HTTP, every
other by HTTPS.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from apprise import NotifyBase
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from models.errors import PathwaysError
from tasks.telling.apprise_log import close_notify_log
from tasks.telling.people_outward import (
    Arrival,
    Arrived,
    CarriesOutward,
    DidNotArrive,
    Handed,
    NotTaken,
    Refused,
    Taken,
)

CHANNELS = ("email", "sms", "letter")
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY = re.compile(rf".*{_UUID}-{_UUID}")
_ON_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_MAY_PASS = frozenset({401, 403, 408, 425, 429})
"""Answers that another try may not get: a key that is mended, a limit that has passed."""
_ARRIVED = frozenset({"delivered", "sent", "received"})
"""`sent`: a text abroad, of which no more is ever known; `received`: a letter is printed and posted."""
_NEVER_ARRIVES = frozenset(
    {
        "permanent-failure",
        "temporary-failure",
        "technical-failure",
        "cancelled",
        "validation-failed",
        "virus-scan-failed",
    }
)
_KINDS = (
    (re.compile(r"team-only|trial mode", re.I), "the key may not write to this person"),
    (re.compile(r"phone number|mobile number|email_address|email address|address_line|postcode|landline|too (many|few)"
                r" digits|valid country", re.I), "the number or address is not valid"),
    (re.compile(r"template|personalisation", re.I), "the template does not fit"),
)  # fmt: skip
"""What Notify's sentences are about. Only the kind is kept: the sentences may repeat what was sent."""


class NotifyCannotBeAsked(PathwaysError):
    """GOV.UK Notify gave no answer that can be used; ask again later."""

    def __init__(self) -> None:
        super().__init__("GOV.UK Notify gave no answer that can be used; it is asked again")


class NotifyService(CarriesOutward, NotifyBase):  # type: ignore[no-untyped-call]
    """Sends by e-mail, text message or letter through GOV.UK Notify, never twice under one reference."""

    service_name: Any = "GOV.UK Notify"
    secure_protocol: Any = "govuknotify"
    request_rate_per_sec = 0
    socket_connect_timeout = 5.0
    socket_read_timeout = 15.0
    title_maxlen = 1000
    body_maxlen = 100_000

    def __init__(
        self,
        api_key: str,
        base_url: str,
        channel: str,
        target: str,
        template: str,
        sender: str | None,
        fields: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        close_notify_log()
        self._api_key, self._base_url = api_key, base_url
        self._channel, self._target, self._template = channel, target, template
        self._sender, self._fields = sender, fields

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """Its address without key and target, which nobody needs to read back."""
        return f"{self.secure_protocol}://****@{urlsplit(self._base_url).netloc}/{self._channel}/****"

    def send(self, body: str, title: str = "", *args: Any, **kwargs: Any) -> bool:
        """Hand it to Notify; `handed` says what became of it."""
        self.handed = self._hand_over(title, body)
        return isinstance(self.handed, Taken)

    def became(self, service_ref: str) -> Arrival | None:
        """What Notify's delivery receipt says. Raises `NotifyCannotBeAsked`."""
        answer = self._asked(lambda client: client.get_notification_by_id(service_ref))
        match answer.get("status"):
            case str(status) if status in _ARRIVED:
                return Arrived()
            case str(status) if status in _NEVER_ARRIVES:
                return DidNotArrive(f"GOV.UK Notify says {status}")
            case _:
                return None

    def _hand_over(self, subject: str, body: str) -> Handed:
        if self.outward is not None and self.outward.tried_before:
            try:
                earlier = self._has_it(self.outward.id)
            except NotifyCannotBeAsked:
                return NotTaken("GOV.UK Notify could not be asked whether it has the message already")
            if earlier is not None:
                return Taken(earlier)
        try:
            answer = self._post(subject, body)
            return Taken(str(answer["id"]))
        except HTTPError as failed:
            return _what_failed(failed)
        except (APIError, KeyError, TypeError):
            return NotTaken("GOV.UK Notify's answer could not be read")

    def _has_it(self, reference: str) -> str | None:
        """Notify's id of the message that it has under our reference. Raises `NotifyCannotBeAsked`."""
        answer = self._asked(lambda client: client.get_all_notifications(reference=reference))
        for one in answer.get("notifications") or ():
            if one.get("reference") == reference and one.get("id"):
                return str(one["id"])
        return None

    def _post(self, subject: str, body: str) -> Any:
        out = self.outward
        reference = out.id if out else None
        filled = {"subject": subject, "body": body, "reference": out.case_ref if out else "", **self._fields}
        client = self._client()
        match self._channel:
            case "email":
                return client.send_email_notification(
                    self._target, self._template, filled, reference, email_reply_to_id=self._sender
                )
            case "sms":
                return client.send_sms_notification(
                    self._target, self._template, filled, reference, sms_sender_id=self._sender
                )
            case _:
                lines = {f"address_line_{n}": line for n, line in enumerate(self._target.splitlines(), start=1)}
                return client.send_letter_notification(self._template, filled | lines, reference)

    def _client(self) -> Any:
        key, url = self._api_key, self._base_url
        patience = self.request_timeout
        return NotificationsAPIClient(key, base_url=url, timeout=patience)  # type: ignore[no-untyped-call]

    def _asked(self, question: Any) -> dict[str, Any]:
        try:
            answer = question(self._client())
        except APIError:
            answer = None
        if not isinstance(answer, dict):
            raise NotifyCannotBeAsked from None
        return answer

    @staticmethod
    def parse_url(url: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The parts of an address; None where one is missing, wrong or not known."""
        parts = urlsplit(url)
        key, _, where = parts.netloc.rpartition("@")
        channel, _, target = parts.path.strip("/").partition("/")
        given = parse_qsl(parts.query, keep_blank_values=True)
        settings = {name: value for name, value in given if not name.startswith(":")}
        fields = {name[1:]: value for name, value in given if name.startswith(":")}
        template, sender = settings.pop("template", ""), settings.pop("sender", None)
        patience: dict[str, Any] = {name: settings.pop(name) for name in ("cto", "rto") if name in settings}
        is_right = channel in CHANNELS and target and re.fullmatch(_UUID, template) and not settings
        if not is_right or not _KEY.fullmatch(unquote(key)) or not parts.hostname:
            return None
        scheme = "http" if parts.hostname in _ON_THIS_MACHINE else "https"
        return {
            "schema": NotifyService.secure_protocol,
            "api_key": unquote(key),
            "base_url": f"{scheme}://{where}",
            "channel": channel,
            "target": unquote(target),
            "template": template,
            "sender": sender,
            "fields": fields,
            **patience,
        }


def _what_failed(failed: HTTPError) -> Handed:
    """By its status and kind alone whether another try makes sense; none of Notify's own words are kept."""
    if failed.response is None:
        return NotTaken("GOV.UK Notify did not answer")
    status = failed.status_code
    if status >= 500 or status in _MAY_PASS:
        return NotTaken(f"GOV.UK Notify answered {status}")
    said = str(failed.message)
    kind = next((kind for sign, kind in _KINDS if sign.search(said)), "it was refused")
    return Refused(f"GOV.UK Notify answered {status}: {kind}")
