"""Reading mail: whatever a sender's program makes of a letter, a person can read it."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from deployments.example_council.letters import example_letters
from tasks.mail.headers import MOST_COMPARED, parsed
from tasks.mail.reading import NoSuchAttachment, Unreadable, attachment_bytes, read_message
from tasks.mail.sorting_signs import MailSign, Sorted, what_it_is

HEAD = b"From: Joyce Abara <joyce@example.net>\r\nTo: duty@example.org\r\nSubject: My father\r\n"
REF = "QPPD-NM7T"


def letter(*headers: str, body: bytes | str = "He sleeps in his chair.") -> bytes:
    """A message under the usual head, with more headers."""
    more = "".join(f"{header}\r\n" for header in headers).encode()
    return HEAD + more + b"\r\n" + (body if isinstance(body, bytes) else body.encode())


def parts(kind: str, *inner: str) -> bytes:
    """A multipart letter of `kind` with the given parts, each with its own headers."""
    body = "".join(f"--edge\r\n{part}\r\n" for part in inner) + "--edge--\r\n"
    return letter(f'Content-Type: multipart/{kind}; boundary="edge"', body=body)


# --- text and charsets
# -----------------------------------------------------------------------------------------


def test_a_plain_letter_is_read_whole() -> None:
    """Sender, receivers, time, subject, thread and text of an ordinary letter are all there."""
    read = read_message(
        letter(
            "Date: Mon, 5 Jan 2026 10:02:00 +0100",
            "Message-ID: <one@example.net>",
            "In-Reply-To: <zero@example.org>",
            "References: <first@example.org>\r\n <zero@example.org>",
            "Reply-To: Home <home@example.net>",
            "Cc: gp@example.org",
        )
    )

    assert (read.from_name, read.from_address, read.reply_to) == (
        "Joyce Abara",
        "joyce@example.net",
        "home@example.net",
    )
    assert read.to == ("duty@example.org", "gp@example.org")
    assert read.sent_at == datetime(2026, 1, 5, 9, 2, tzinfo=UTC)
    assert read.message_id == "one@example.net"
    assert read.in_reply_to == ("zero@example.org",)
    assert read.references == ("first@example.org", "zero@example.org")
    assert (read.subject, read.text) == ("My father", "He sleeps in his chair.")
    assert (read.attachments, read.reading_problems) == ((), ())


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("utf-8", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("us-ascii", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("x-unknown", "windows-1252"),
        ("x-unknown", "utf-8"),
        ("unicode_escape", "utf-8"),
        ("", "utf-16"),
    ],
)
def test_a_wrongly_declared_charset_is_seen_through(declared: str, actual: str) -> None:
    """Text is read in the charset that it is in, not in the one that it claims."""
    text = "Mrs Müller’s café costs £18 a week, she says, and she cannot pay it any longer."
    read = read_message(letter(f'Content-Type: text/plain; charset="{declared}"', body=text.encode(actual)))

    assert read.text == text


def test_a_cyrillic_letter_without_a_charset_is_guessed_from_its_bytes() -> None:
    """Where most bytes are beyond ASCII, the text itself says which charset it is in."""
    text = "Здравствуйте, моя мать живёт одна и больше не может готовить сама, ей нужна помощь дома. " * 3

    assert read_message(letter(body=text.encode("windows-1251"))).text.strip() == text.strip()


def test_one_broken_byte_does_not_spoil_a_utf_8_letter() -> None:
    """A letter cut in the middle of a character keeps all its other characters."""
    body = "Grüße, André, naïve".encode() + b"\xc3"
    read = read_message(letter("Content-Type: text/plain; charset=utf-8", body=body))

    assert read.text == "Grüße, André, naïve\ufffd"
    assert "charset" in read.reading_problems[0]


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "x-unknown"])
def test_nothing_that_a_database_refuses_leaves(declared: str) -> None:
    """NUL bytes, other control characters and lone surrogates are gone from every string."""
    raw = letter(
        f"Content-Type: text/plain; charset={declared}",
        "X-Filler: 1",
        body=b"Good\x00 morning. \x1b[31mShe fell. " + b"She is at home now and rests. " * 4,
    ).replace(b"My father", b"My =?utf-16?b?2AA=?= f\x00ather")
    read = read_message(raw)

    assert read.text.startswith("Good morning. [31mShe fell.")
    read.subject.encode("utf-8")
    assert "\x00" not in read.subject


def test_base64_and_quoted_printable_that_are_damaged_still_show_what_they_hold() -> None:
    """A letter whose encoding was cut short is shown as far as it goes, with a word about it."""
    cut = b64encode(b"Please ring me about my father today.").rstrip(b"=")[:-1]
    read = read_message(letter("Content-Transfer-Encoding: base64", body=cut))
    assert read.text.startswith("Please ring me about my father")
    assert "base64" in read.reading_problems[0]

    quoted = "Fifty =ZZ per cent =\r\nof it="
    read = read_message(letter("Content-Transfer-Encoding: quoted-printable", body=quoted))
    assert "per cent of it" in read.text


def test_text_that_only_claims_to_be_base64_is_read_as_it_is() -> None:
    """A plain letter under a base64 label is not turned into noise."""
    body = "Dear all, he fell (twice!) on the stairs; please ring: 01632 960 117."

    assert read_message(letter("Content-Transfer-Encoding: base64", body=body)).text == body


# --- headers ---


def test_encoded_words_are_decoded_even_when_a_character_is_split_between_two() -> None:
    """Subjects and names come in plain characters, however the sender's program cut them up."""
    raw = (
        b"From: =?utf-8?b?SMOpbMOo?= =?utf-8?q?ne_Dunmore?= <h@example.net>\r\n"
        b"Subject: =?utf-8?q?caf=C3?=\r\n =?utf-8?q?=A9?= =?iso-8859-1?q?_f=FCr_alle?= today\r\n\r\nHello"
    )
    read = read_message(raw)

    assert read.from_name == "Hélène Dunmore"
    assert read.subject == "café für alle today"


def test_an_encoded_name_cannot_pretend_to_be_another_address() -> None:
    """The address is taken out before the name is decoded."""
    raw = b"From: =?utf-8?q?boss=40example=2Eorg_=3C?= <joyce@example.net>\r\n\r\nHello"

    assert read_message(raw).from_address == "joyce@example.net"


def test_a_name_with_an_unquoted_comma_keeps_its_address() -> None:
    """Hospital wards and surgeries write commas in their names without quoting them."""
    read = read_message(b"From: Discharge Team, Ward 4 <ward4@example.org>\r\n\r\nHello")

    assert (read.from_name, read.from_address) == ("Discharge Team, Ward 4", "ward4@example.org")


def test_of_doubled_headers_the_first_counts() -> None:
    """Two subjects or two senders are one too many, and the reader says so."""
    read = read_message(letter("Subject: Another", "From: other@example.net"))

    assert (read.subject, read.from_address) == ("My father", "joyce@example.net")
    assert [problem.split()[2] for problem in read.reading_problems] == ["From", "Subject"]


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jan 2026 10:00:00 +0000", "1" * 6000])
def test_a_letter_without_a_date_or_id_is_a_letter(date: str) -> None:
    """What is missing or cannot be read is none; the letter is read all the same."""
    read = read_message(letter(f"Date: {date}"))

    assert (read.sent_at, read.message_id, read.text) == (None, None, "He sleeps in his chair.")


def test_a_message_without_any_header_is_read_and_has_no_sender() -> None:
    """Bare text is a letter from nobody."""
    read = read_message(b"Please ring Mrs Ashby.\n")

    assert (read.text, read.from_address, read.subject) == ("Please ring Mrs Ashby.", None, "")
    assert read.reading_problems == ("the message does not say who wrote it",)


# --- HTML and parts
# --------------------------------------------------------------------------------------------


def test_html_keeps_paragraphs_and_lists_and_drops_scripts() -> None:
    """An HTML letter reads like the letter it was, and nothing that was not written by a person is left."""
    html = (
        "<!DOCTYPE html><html><head><title>t</title><style>p{color:red}</style></head><body>"
        "<p>Dear&nbsp;Priya,</p><p>He needs<br>help &amp; rest:</p>"
        "<ul><li>a rail</li><li>a board</li></ul><ol><li>first<li>second</ol>"
        "<table><tr><td>Born</td><td>1941</td></tr></table>"
        "<!--[if mso]>hidden<![endif]--><script>alert(1)</script>"
        '<a href="https://example.org/x">see here</a></body></html>'
    )
    read = read_message(letter("Content-Type: text/html; charset=utf-8", body=html))

    assert read.text == (
        "Dear Priya,\n\nHe needs\nhelp & rest:\n\n- a rail\n- a board\n\n1. first\n2. second\n\nBorn 1941\n\n"
        "see here (https://example.org/x)"
    )


def test_of_alternatives_the_plain_one_is_read_unless_it_is_empty() -> None:
    """Plain text wins; an empty plain part, or one that only points to the HTML, does not."""
    html = "Content-Type: text/html\r\n\r\n<p>" + "The whole letter stands here. " * 20 + "</p>"

    short = "Content-Type: text/plain\r\n\r\nShort and plain. " + "Word. " * 40
    plain = read_message(parts("alternative", short, html))
    assert plain.text.startswith("Short and plain.")
    assert "whole letter" not in plain.text

    empty = read_message(parts("alternative", "Content-Type: text/plain\r\n\r\n \r\n", html))
    assert empty.text.startswith("The whole letter stands here.")

    pointer = read_message(parts("alternative", "Content-Type: text/plain\r\n\r\nThis is in HTML.", html))
    assert pointer.text.startswith("The whole letter stands here.")


def test_attachments_are_found_wherever_they_are_nested() -> None:
    """Files inside alternatives and related parts are listed with name, type, size and digest."""
    scan = b"%PDF-1.4 tiny"
    nested = (
        'Content-Type: multipart/alternative; boundary="in"\r\n\r\n'
        "--in\r\nContent-Type: text/plain\r\n\r\nSee the scan.\r\n"
        '--in\r\nContent-Type: multipart/related; boundary="deep"\r\n\r\n'
        "--deep\r\nContent-Type: text/html\r\n\r\n<p>See the scan.</p>\r\n"
        "--deep\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename*0*=utf-8''care%20; filename*1*=plan%20%E2%80%93%20May.pdf\r\n\r\n"
        f"{b64encode(scan).decode()}\r\n--deep--\r\n--in--\r\n"
    )
    picture = (
        'Content-Type: image/png; name="../../etc/rail.png"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    )
    nameless = "Content-Type: application/octet-stream\r\n\r\nabc"
    raw = parts("mixed", nested, picture, nameless)
    read = read_message(raw)

    assert read.text == "See the scan."
    assert [(file.name, file.content_type, file.size) for file in read.attachments] == [
        ("care plan – May.pdf", "application/pdf", len(scan)),
        ("rail.png", "image/png", 8),
        ("attachment-3", "application/octet-stream", 3),
    ]
    assert read.attachments[0].sha256 == sha256(scan).hexdigest()
    assert attachment_bytes(raw, 0) == scan
    with pytest.raises(NoSuchAttachment):
        attachment_bytes(raw, 3)


@pytest.mark.parametrize("encoded", [False, True])
def test_a_forwarded_message_is_read_where_it_lies(encoded: bool) -> None:
    """A letter forwarded as an attachment shows who wrote it, its text and its files; some senders encode it whole."""
    inside = (
        "From: Ward 4 <ward4@example.org>\r\nSubject: Discharge on Thursday\r\n"
        'Content-Type: multipart/mixed; boundary="w"\r\n\r\n'
        "--w\r\nContent-Type: text/plain\r\n\r\nHe is ready to leave.\r\n"
        '--w\r\nContent-Type: text/csv; name="drugs.csv"\r\n\r\na,b\r\n--w--\r\n'
    )
    as_sent = b64encode(inside.encode()).decode() if encoded else inside
    how = "Content-Transfer-Encoding: base64\r\n" if encoded else ""
    read = read_message(parts("mixed", "\r\nPlease see below.", f"Content-Type: message/rfc822\r\n{how}\r\n{as_sent}"))

    assert read.text == (
        "Please see below.\n\n"
        "Forwarded message:\nFrom: Ward 4 <ward4@example.org>\nSubject: Discharge on Thursday\n\n"
        "He is ready to leave."
    )
    assert [file.name for file in read.attachments] == ["drugs.csv"]


def test_who_wrote_a_forwarded_message_is_told_apart_from_who_passed_it_on() -> None:
    """The inner message's sender, date and subject; the outer sender stays whom we would answer."""
    inside = (
        "From: =?utf-8?q?H=C3=A9l=C3=A8ne_Dunmore?= <h@example.net>\r\nDate: Sun, 4 Jan 2026 18:00:00 +0000\r\n"
        "Subject: =?utf-8?b?TWVhbHMgZm9yIG11bQ==?=\r\n\r\nShe cannot cook any more.\r\n"
    )
    twice = "From: Ward 4 <ward4@example.org>\r\nContent-Type: message/rfc822\r\n\r\n" + inside
    read = read_message(parts("mixed", "\r\nFor you.", f"Content-Type: message/rfc822\r\n\r\n{twice}"))

    assert read.from_address == "joyce@example.net"
    assert [(one.from_name, one.from_address, one.subject) for one in read.forwarded] == [
        ("Ward 4", "ward4@example.org", ""),
        ("Hélène Dunmore", "h@example.net", "Meals for mum"),
    ]
    assert read.forwarded[1].sent_at == datetime(2026, 1, 4, 18, 0, tzinfo=UTC)
    assert "Subject: Meals for mum\n\nShe cannot cook any more." in read.text


def invitation(method: str, *lines: str, starts: str = "DTSTART;TZID=Europe/London:20260713T100000") -> str:
    """A calendar part."""
    event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260105T090000Z", starts, "SUMMARY:Home visit", *lines, "END:VEVENT"]
    calendar = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", f"METHOD:{method}", *event, "END:VCALENDAR", ""]
    return f"Content-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n" + "\r\n".join(calendar)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            invitation(
                "REQUEST",
                "DTEND;TZID=Europe/London:20260713T113000",
                "LOCATION:3 Mill Lane\\, Wenbridge",
                "ORGANIZER;CN=Ward 4:mailto:ward4@example.org",
            ),
            "An appointment is proposed: Home visit, Monday 13 July 2026, 10am to 11:30am, at 3 Mill Lane, Wenbridge."
            " By Ward 4.",
        ),
        (
            invitation("REQUEST", "DURATION:PT45M", starts="DTSTART:20260713T090000Z"),
            "An appointment is proposed: Home visit, Monday 13 July 2026, 10am to 10:45am.",
        ),
        (
            invitation("PUBLISH", "RRULE:FREQ=WEEKLY", starts="DTSTART;VALUE=DATE:20260713"),
            "An appointment is made known: Home visit, Monday 13 July 2026, and again after that.",
        ),
        (
            invitation("CANCEL", "DTEND;VALUE=DATE:20260716", starts="DTSTART;VALUE=DATE:20260713"),
            "An appointment is called off: Home visit, Monday 13 July 2026 to Wednesday 15 July 2026.",
        ),
        (
            invitation("REPLY", "ATTENDEE;CN=Tom Tilling;PARTSTAT=DECLINED:mailto:tom@example.org"),
            "An appointment is answered: Home visit, Monday 13 July 2026, 10am. Tom Tilling: declined.",
        ),
        (invitation("REQUEST", starts="X-NOTHING:1"), "An appointment is proposed: Home visit, no time is given."),
    ],
)
def test_a_calendar_entry_is_said_in_words(part: str, words: str) -> None:
    """What is proposed, when, where and by whom; the file stays, and it is a contact like any other."""
    raw = parts("alternative", "Content-Type: text/plain\r\n\r\nPlease come.", part)
    read = read_message(raw)

    assert read.calendar == (words,)
    assert read.text == f"Please come.\n\n{words}"
    assert [file.content_type for file in read.attachments] == ["text/calendar"]
    assert sign(raw).sign == MailSign.CONTACT
    assert read_message(letter(part.partition("\r\n")[0], body=part.partition("\r\n\r\n")[2])).text == words


@pytest.mark.parametrize("damage", ["BEGIN:VCALENDAR\r\nEND:VEVENT", "", "BEGIN:VCALENDAR" + "\r\nX:1" * 300_000])
def test_a_calendar_entry_that_cannot_be_read_is_named_and_kept(damage: str) -> None:
    """The letter around it is read; the file is among its enclosures."""
    part = f'Content-Type: text/calendar; name="visit.ics"\r\n\r\n{damage}'
    read = read_message(parts("mixed", "\r\nPlease come.", part))

    assert read.text == "Please come."
    assert [file.name for file in read.attachments] == ["visit.ics"]
    assert "calendar entry cannot be read" in read.reading_problems[0]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pkcs7-signature", "S/MIME"),
        ("application/x-pkcs7-signature", "S/MIME"),
        ("application/pgp-signature", "OpenPGP"),
    ],
)
def test_a_signature_is_named_and_is_no_enclosure(kind: str, name: str) -> None:
    """The signed text is read; nobody wonders about a file called smime.p7s."""
    signed = "Content-Type: text/plain\r\n\r\nHe fell.", f'Content-Type: {kind}; name="smime.p7s"\r\n\r\nMIIB'
    read = read_message(parts(f'signed; protocol="{kind}"', *signed))

    assert (read.text, read.attachments, read.signed_with) == ("He fell.", (), (name,))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "encrypted with S/MIME"),
        ("application/x-pkcs7-mime", "encrypted with S/MIME"),
        ("application/pkcs7-mime; smime-type=signed-data", "wrapped in its own signature"),
    ],
)
def test_a_text_that_is_locked_away_says_so_in_its_place(kind: str, said: str) -> None:
    """A person sees why there is nothing to read, and what to do; the sealed file is kept."""
    read = read_message(letter(f'Content-Type: {kind}; name="smime.p7m"', body="MIIBsealed"))

    assert said in read.text and read.text.startswith("[")
    assert [file.name for file in read.attachments] == ["smime.p7m"]


def test_a_letter_encrypted_with_openpgp_says_so() -> None:
    """Its parts are a version and a block that only the right key opens."""
    sealed = 'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n-----BEGIN PGP MESSAGE-----'
    read = read_message(parts("encrypted", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", sealed))

    assert read.text.startswith("[This message is encrypted with OpenPGP")


@pytest.mark.parametrize(
    "part", ["Content-Type: application/ms-tnef", 'Content-Type: application/octet-stream; name="winmail.dat"']
)
def test_outlooks_wrapping_is_named_as_such(part: str) -> None:
    """Whoever sees winmail.dat is told what it is and what to ask for."""
    read = read_message(parts("mixed", "\r\nSee the files.", f"{part}\r\n\r\nx"))

    assert [file.name for file in read.attachments] == ["winmail.dat"]
    assert "winmail.dat" in read.reading_problems[0]


def test_the_parts_of_a_message_are_counted_with_those_of_what_it_encloses() -> None:
    """A forwarded letter's parts count as well."""
    inside = 'Content-Type: multipart/mixed; boundary="w"\r\n\r\n--w\r\n\r\na\r\n--w\r\n\r\nb\r\n--w--\r\n'

    assert read_message(letter()).parts == 1
    assert read_message(parts("mixed", "\r\nx", f"Content-Type: message/rfc822\r\n\r\n{inside}")).parts == 6


@pytest.mark.parametrize(("lines", "is_taken_apart"), [(1_000, True), (MOST_COMPARED // 100, False)])
def test_a_letter_that_is_made_to_be_slow_is_shown_as_it_is(lines: int, is_taken_apart: bool) -> None:
    """A hundred parts in one another over ever more lines: beyond a limit nobody takes them apart."""
    begins = b"".join(
        b"Content-Type: multipart/mixed; boundary=edge%d\r\n\r\n--edge%d\r\n" % (depth, depth) for depth in range(100)
    )
    raw = HEAD + begins + b"Content-Type: text/plain\r\n\r\n" + b"x\n" * lines

    assert parsed(raw).is_multipart() is is_taken_apart
    if not is_taken_apart:
        assert "the message's parts cannot be told apart" in read_message(raw).reading_problems


def test_a_multipart_letter_without_its_boundary_is_shown_as_it_is() -> None:
    """Where parts cannot be told apart, the reader shows everything and says so."""
    read = read_message(letter("Content-Type: multipart/mixed", body="She has fallen again."))

    assert read.text == "She has fallen again."
    assert read.reading_problems == ("the message's parts cannot be told apart",)


def test_a_letter_in_an_attached_text_file_is_read_from_it() -> None:
    """A message whose only text is an attached text file is not an empty one."""
    attached = 'Content-Type: text/plain; name="letter.txt"\r\n\r\nHe cannot cook any more.'
    read = read_message(parts("mixed", attached))

    assert read.text == "He cannot cook any more."
    assert [file.name for file in read.attachments] == ["letter.txt"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        HEAD + b"\r\n \r\n",
        HEAD + b"\r\n" + bytes(range(256)) * 8,
        HEAD + b"Content-Type: text/html\r\n\r\n<script>only()</script>",
    ],
)
def test_a_message_with_nothing_to_read_is_unreadable(raw: bytes) -> None:
    """Neither text nor attachment: the reason says so and repeats nothing of the message."""
    with pytest.raises(Unreadable) as refused:
        read_message(raw)

    assert "quarantine" in str(refused.value)
    assert "Abara" not in str(refused.value) + refused.value.reason


# --- signs ---


def sign(raw: bytes, envelope_from: str | None = "joyce@example.net") -> Sorted:
    """The message's sign where only `REF` is a case of ours."""
    return what_it_is(raw, lambda ref: ref == REF, envelope_from)


ANSWERS_US = f"In-Reply-To: <case.{REF}.3@wenbridge.example.org>"


@pytest.mark.parametrize(
    "headers",
    [
        [ANSWERS_US],
        [f"References: <other@example.net> <case.{REF}.12@host.example.org> <later@example.net>"],
        [f"In-Reply-To: <case.{REF.lower()}.3@host.example.org>"],
    ],
)
def test_an_answer_to_our_message_is_a_reply_to_its_case(headers: list[str]) -> None:
    """In-Reply-To or References with our own message id lead to the open case."""
    found = sign(letter(*headers))

    assert (found.sign, found.case_ref) == (MailSign.REPLY, REF)


def test_a_case_named_as_we_name_it_in_the_subject_makes_a_reply() -> None:
    """`[REF]` and "case REF", as our notices write it, make a reply; a ref that merely stands there does not."""
    noticed = letter().replace(b"My father", f"Re: Answer: contact sorting, case {REF}, by".encode())
    assert sign(noticed).case_ref == REF

    named = letter().replace(b"My father", f"Re: [{REF}] My father".encode())
    assert sign(named).case_ref == REF

    mentioned = letter().replace(b"My father", f"My father {REF}".encode())
    assert sign(mentioned).sign == MailSign.CONTACT


def test_an_answer_about_a_case_that_is_not_ours_is_a_contact() -> None:
    """Nobody's letter disappears into a case that does not exist."""
    raw = letter("In-Reply-To: <case.1111-1111.3@example.org>", "References: <x@example.net>")

    assert sign(raw) == Sorted(MailSign.CONTACT, None, "nothing says that it is anything else")


@pytest.mark.parametrize(
    "headers",
    [
        ["Auto-Submitted: auto-replied"],
        ["Auto-Submitted: Auto-Replied (vacation); owner-email=x"],
        ["Auto-Submitted: auto-generated", "In-Reply-To: <x@example.org>"],
        ["X-Autoreply: yes"],
        ["X-Autorespond: away"],
        ["Precedence: auto_reply"],
        ["Precedence: bulk", ANSWERS_US],
        ["Precedence: junk", "References: <x@example.org>"],
        ["Content-Type: multipart/report; report-type=disposition-notification; boundary=x"],
        ["Return-Path: <>", "In-Reply-To: <x@example.org>"],
    ],
)
def test_a_machines_answer_is_an_automatic_reply(headers: list[str]) -> None:
    """Absence notices and receipts are known by their headers."""
    assert sign(letter(*headers)).sign == MailSign.AUTO_REPLY


def test_an_automatic_reply_about_a_case_says_which_and_is_no_reply() -> None:
    """The case is named so that it can be noted; the sign stays that of a machine."""
    found = sign(letter("Auto-Submitted: auto-replied", ANSWERS_US))

    assert (found.sign, found.case_ref) == (MailSign.AUTO_REPLY, REF)


@pytest.mark.parametrize("subject", ["Out of office: can you help?", "Automatic reply: away until Monday"])
def test_a_subject_alone_makes_no_automatic_reply(subject: str) -> None:
    """A person may write "out of office"; only in answer to a message of ours does the subject count."""
    raw = letter().replace(b"My father", subject.encode())
    assert sign(raw).sign == MailSign.CONTACT

    answered = letter(ANSWERS_US).replace(b"My father", subject.encode())
    assert sign(answered).sign == MailSign.AUTO_REPLY

    person = letter(ANSWERS_US).replace(b"My father", b"Re: " + subject.encode())
    assert sign(person).sign == MailSign.REPLY


def test_the_null_return_path_alone_throws_no_letter_away() -> None:
    """With an empty envelope sender and nothing else a person looks; an answer or absence with it is a machine's."""
    assert sign(letter(), "").sign == MailSign.MACHINE
    assert sign(letter(), "<>").sign == MailSign.MACHINE
    assert sign(letter("In-Reply-To: <x@example.org>"), "").sign == MailSign.AUTO_REPLY
    assert sign(letter().replace(b"Subject: ", b"Subject: Out of office: "), "").sign == MailSign.AUTO_REPLY
    postmaster = letter().replace(b"joyce@", b"postmaster@")
    assert sign(postmaster, "").sign == MailSign.BOUNCE
    assert sign(postmaster, "postmaster@example.net").sign == MailSign.CONTACT


def test_a_bounce_names_the_case_whose_message_came_back() -> None:
    """The returned message lies inside the report, and its id holds the ref."""
    ours = f"Message-ID: <case.{REF}.4@example.org>\r\nSubject: x\r\n\r\nBody"
    returned = f"Content-Type: message/rfc822\r\n\r\n{ours}"
    raw = parts("report; report-type=delivery-status", "\r\nIt did not reach them.", returned)

    assert sign(raw) == Sorted(MailSign.BOUNCE, REF, "it is a delivery status report (RFC 3464)")
    assert sign(letter("X-Failed-Recipients: a@example.net")).sign == MailSign.BOUNCE
    assert sign(letter().replace(b"joyce@", b"MAILER-DAEMON@")).sign == MailSign.BOUNCE


def test_our_own_message_that_comes_back_opens_nothing() -> None:
    """A mailbox that sends everything on to us would make a case of each of our letters, and answer it."""
    ours = letter(f"Message-ID: <case.{REF}.7@wenbridge.example.org>")

    assert sign(ours) == Sorted(MailSign.OUR_OWN, REF, "it is a message of ours that came back")
    assert sign(letter("Message-ID: <case.1111-1111.7@wenbridge.example.org>")).sign == MailSign.CONTACT
    quoted = letter("Message-ID: <new@example.net>", f"In-Reply-To: <case.{REF}.7@wenbridge.example.org>")
    assert sign(quoted).sign == MailSign.REPLY


def test_a_person_who_forwards_a_bounce_writes_a_contact() -> None:
    """Only a report at the top is a bounce; one inside a letter is a person's question about it."""
    report = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        "--r\r\n\r\nFailed.\r\n--r--\r\n"
    )

    assert sign(parts("mixed", "\r\nWhat does this mean?", report)).sign == MailSign.CONTACT


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-generated", "Precedence: bulk", "Precedence: junk"])
def test_what_a_machine_sends_by_itself_is_for_a_person_to_look_at(header: str) -> None:
    """A ward's or a web form's automatic message may be a need: it is neither opened nor thrown away unseen."""
    assert sign(letter(header)).sign == MailSign.MACHINE


@pytest.mark.parametrize(
    "headers",
    [
        ["Auto-Submitted: no"],
        ["List-Id: <duty.example.org>", "Precedence: list", "List-Unsubscribe: <mailto:x@example.org>"],
        ["X-Auto-Response-Suppress: DR, OOF"],
        ["X-Autoreply: no"],
    ],
)
def test_a_persons_letter_by_a_list_or_a_business_system_is_a_contact(headers: list[str]) -> None:
    """A group mailbox adds list headers to everybody's letters; they say nothing about who wrote."""
    assert sign(letter(*headers)).sign == MailSign.CONTACT


# --- the example council
# ---------------------------------------------------------------------------------------


def test_the_example_letters_show_every_sign_that_a_first_letter_can_have() -> None:
    """All are read but the broken one; one is an automatic reply, one has a PDF, one is HTML only."""
    unreadable, signs, files = [], {}, {}
    for name, raw in example_letters():
        signs[name] = what_it_is(raw, lambda ref: False).sign
        try:
            read = read_message(raw)
        except Unreadable:
            unreadable.append(name)
            continue
        files[name] = [file.content_type for file in read.attachments]
        assert read.reading_problems == (), name
        assert read.from_address and read.from_address.endswith((".example.org", "example.net")), name
        assert read.sent_at and read.sent_at.date().isoformat() == "2026-01-05", name

    assert len(signs) == 16
    assert unreadable == ["15-broken.eml"]
    assert [name for name, found in signs.items() if found != MailSign.CONTACT] == ["14-automatic-reply.eml"]
    assert [name for name, kinds in files.items() if kinds == ["application/pdf"]] == ["11-invoice-with-pdf.eml"]
