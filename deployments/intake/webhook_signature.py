"""Whether a call is signed by somebody who has one of our secrets, and lately (Standard Webhooks)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from deployments.intake.webhook_problems import ProblemKind, Refused

TOLERANCE = timedelta(minutes=5)
"""How far a call's timestamp may lie from our clock, before and after."""

ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
_ID = re.compile(r"[!-~]{1,200}")
_TIMESTAMP = re.compile(r"0|[1-9][0-9]{0,10}")
_SIGNATURE = re.compile(r"[ -~]{1,4000}")
_UNSIGNED = (
    f"send {ID_HEADER} (up to 200 visible ASCII characters), {TIMESTAMP_HEADER} (seconds since 1970 as a whole number) "
    f"and {SIGNATURE_HEADER} (v1,BASE64), as Standard Webhooks describes"
)


@dataclass(frozen=True)
class SignedAs:
    """The three headers of a signed call, of the right form; whether the signature holds is to be seen."""

    id: str
    timestamp: str
    signature: str

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> SignedAs:
        """The headers of a call. Raises `Refused`."""
        said = [headers.get(name, "") for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)]
        if not all(form.fullmatch(one) for form, one in zip((_ID, _TIMESTAMP, _SIGNATURE), said, strict=True)):
            raise Refused(ProblemKind.UNSIGNED, _UNSIGNED)
        return cls(*said)


class Signatures:
    """Checks signatures with every secret in use: several while one takes another's place."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._signers = [Webhook(secret) for secret in secrets]

    @property
    def are_set_up(self) -> bool:
        """Whether there is any secret."""
        return bool(self._signers)

    def check(self, signed: SignedAs, body: bytes, now: datetime) -> None:
        """
        Let pass what was signed with one of our secrets within the tolerance. Raises `Refused`.

        The library checks against the machine's own clock; we have one clock for everything, so it only signs here
        what the headers say, and the comparison is ours.
        """
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = None
        if text is None:
            detail = "the body is not UTF-8 text, so that its signature cannot be checked; send JSON in UTF-8"
            raise Refused(ProblemKind.WRONG_SIGNATURE, detail)
        at = datetime.fromtimestamp(int(signed.timestamp), UTC)
        given = [one.encode() for one in signed.signature.split() if one.startswith("v1,")]
        holds = False
        for signer in self._signers:
            wanted = signer.sign(signed.id, at, text).encode()
            for one in given:
                holds |= hmac.compare_digest(wanted, one)
        if not holds:
            detail = (
                'sign "ID.TIMESTAMP.BODY" with HMAC-SHA256 and the secret agreed with the council, the body byte for '
                "byte as it is sent"
            )
            raise Refused(ProblemKind.WRONG_SIGNATURE, detail)
        if abs(now - at) > TOLERANCE:
            minutes = int(TOLERANCE.total_seconds() // 60)
            detail = f"sign every try anew, at the time of sending; more than {minutes} minutes off is not taken"
            raise Refused(ProblemKind.STALE, detail)
