"""Whether a machine may answer a message: never a machine, a list, or somebody who wants none (RFC 3834)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.mail.answerable import address_to_answer

LETTER = b"From: Tom Tilling <tom@example.org>\r\nSubject: My mother\r\n\r\nHello"


def test_a_letter_is_answered_to_whoever_wrote_it() -> None:
    """An ordinary message goes back to its writer."""
    assert address_to_answer(LETTER, "tom@example.org") == "tom@example.org"
    assert address_to_answer(LETTER, None) == "tom@example.org"


def test_answers_go_where_the_writer_wants_them() -> None:
    """A web form writes in its own name and says where answers go."""
    assert address_to_answer(b"Reply-To: mary@example.org\r\n" + LETTER, "form@example.com") == "mary@example.org"


@pytest.mark.parametrize("envelope_from", ["", "<>"])
def test_the_null_return_path_is_never_answered(envelope_from: str) -> None:
    """A bounce or a notice: an answer would come back for ever."""
    assert address_to_answer(LETTER, envelope_from) is None


@pytest.mark.parametrize(
    "header",
    [
        "Return-Path: <>",
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-replied; owner-email=x",
        "Precedence: bulk",
        "Precedence: list",
        "List-Id: <carers.example.org>",
        "List-Unsubscribe: <mailto:leave@example.org>",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Auto-Response-Suppress: All",
        "Reply-To: one@example.org, two@example.org",
        "Reply-To: noreply@example.org",
    ],
)
def test_what_says_that_a_machine_or_a_list_sent_it_is_not_answered(header: str) -> None:
    """Each of these headers alone is enough."""
    assert address_to_answer(header.encode() + b"\r\n" + LETTER, "tom@example.org") is None


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: first-class", "X-Auto-Response-Suppress: RN"])
def test_headers_that_say_a_person_wrote_do_not_stop_the_answer(header: str) -> None:
    """A person's message may carry them."""
    assert address_to_answer(header.encode() + b"\r\n" + LETTER, "tom@example.org") == "tom@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "no-reply@example.org",
        "noreply+7@example.org",
        "DoNotReply@example.org",
        "mailer-daemon@example.org",
        "bounces-12=tom@example.org",
        "carers-request@example.org",
    ],
)
def test_addresses_that_nobody_reads_are_not_written_to(address: str) -> None:
    """What their names say is believed."""
    assert address_to_answer(LETTER.replace(b"tom@example.org", address.encode()), None) is None


@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw: bytes) -> None:
    """Whatever comes, there is an address or none."""
    answer = address_to_answer(raw, None)
    assert answer is None or "@" in answer
