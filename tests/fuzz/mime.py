"""Messages as mail programs, and those who mean us harm, put them together: a grammar of MIME with its usual damage."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode

from hypothesis import strategies as st

from deployments.example_council.letters import example_letters
from tests.fuzz.values import rarely
from tests.fuzz.watching import CANARY

LETTERS = [raw for _, raw in example_letters()]
NAME = CANARY.encode()
DATES = [
    b"Mon, 5 Jan 2026 09:00:00 +0000", b"Mon, 01 Jan 0001 00:00:00 +2359", b"Fri, 31 Dec 9999 23:59:59 -2359", b"",
    b"31 Feb 2026", b"Mon, 5 Jan 26 9:00 GMT", b"5 Jan 2026 25:61:61 +9999", b"now", b"1767603600",
    b"99999999999999999999",
    b"Mon, 5 Jan 2026 09:00:00 +99999999999", b"\xd9\xa3 Jan 2026 09:00", b"Mon, 5 Jan 2026 09:00:00 (((((" + NAME,
]  # fmt: skip
WORDS = [
    b"", NAME, b"=?utf-8?q?" + NAME + b"?=", b"=?utf-16?b?2AA=?=", b"=?x?q?=?=",
    b"=?utf-8?b?" + b64encode(NAME * 3) + b"?=",
    b"=?utf-8?q?=F0=9F=91=A9?= =?utf-8?q?=ED=A0=80?=", b"\xff\xfe", b"\xe2\x80\xae" + NAME, b"\x00", b"a" * 4_000,
    b"Re: case 7K3Q-9PXM", b"Automatic reply: away", b"Undeliverable: " + NAME, b"(" * 300, b'"' * 51, b"\\" * 51,
    b"=?" * 200,
    b"=?idna?q?xn--?=", b"=?punycode?q?-?=", b"=?unicode_escape?q?=5Cud800?=", b"=?utf-7?q?+2AA-?=",
    b"=?undefined?q?x?=",
]  # fmt: skip
ADDRESSES = [
    b"Joyce <joyce@example.net>", NAME + b" <" + NAME + b"@example.org>", b"<<>>, @@", b"a@b, c@d", b"(((=?x?=",
    b"<>", b"",
    b"group: a@b, c@d;", b'"\\"' + NAME, b"mailer-daemon@example.org", b"noreply@example.org", b"joyce@\xff",
    b"a@" * 400,
    b"\xe2\x80\xaejoyce@example.net", b'"a\x00b" <a@b>', b"practitioner@wenbridge.example", b"," * 3_000,
    b"<" * 3_000,
]  # fmt: skip
IDS = [
    b"<one@example.net>",
    b"<case.7K3Q-9PXM.1@pathways.invalid>",
    b"<" + NAME + b"@x>",
    b"no id",
    b"",
    b"<",
    b"<a b@c>" * 90,
]
OTHER_HEADERS = [
    b"Auto-Submitted: auto-replied", b"Auto-Submitted: auto-generated", b"Precedence: bulk", b"Return-Path: <>",
    b"List-Id: x",
    b"X-Failed-Recipients: " + NAME, b"X-Pathways-Sender: " + NAME, b"MIME-Version: 1.0",
    b"Received: " + b"x" * 9_000,
    b"X-Auto-Response-Suppress: All", b"Content-Type", b": no name", b"\x00: x", b"From joyce Mon Jan  5",
    b" folded", b"X:\r\n\t",
    b"Content-Transfer-Encoding: " + b"base64;" * 40,
    b"Content-Disposition: attachment; filename*0*=''%FF; filename*99999=x",
]  # fmt: skip
CHARSETS = [
    b"utf-8", b"us-ascii", b"windows-1252", b"utf-16", b"utf-7", b"shift_jis", b"iso-2022-jp", b"hz", b"idna",
    b"punycode", b"hex",
    b"unicode_escape", b"raw_unicode_escape", b"undefined", b"rot13", b"zlib", b"x-unknown", b"", b"a\x00",
    b"utf-8" * 99, b"mbcs",
    b"cp65001", b"string-escape", b"''%FF", b"oem",
]  # fmt: skip
ENCODINGS = [b"", b"7bit", b"8bit", b"base64", b"quoted-printable", b"x-uuencode", b"BASE64 ", b"binary", b"gzip", NAME]
ODD_TYPES = [b"", b"text", b"/", b"text/plain;;;=", b"x/y; a*=b''%"]
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Visit " + NAME + b"\r\n"
    b"DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\nRRULE:FREQ=SECONDLY;COUNT=999999999\r\n"
    b"ORGANIZER;CN=" + NAME + b":mailto:a@b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CALENDAR_DAMAGE = [
    (b"20260105T090000Z", b"99991231T235959Z"), (b"20260105T090000Z", b"20260105"),
    (b"DTSTART:", b"DTSTART;TZID=Mars/Phobos:"),
    (b"DTEND:20260105T100000Z", b"DURATION:P99999999999D"), (b"20260105T090000Z", b"00010101T000000Z"),
    (b"RRULE", b"EXDATE"),
    (b"END:VEVENT\r\n", b""), (b"BEGIN:VEVENT\r\n", b"BEGIN:VEVENT\r\n" * 400),
    (b"SUMMARY:", b"SUMMARY;X=\"" + b"," * 400 + b"\":"),
    (b"20260105T100000Z", b"20250105T100000Z"), (b"\r\n", b"\n "), (b"UID:1", b"UID:\xff\xfe\x00"),
    (b"RRULE:", b"RRULE:FREQ=;"),
    (b"DTSTART:", b"DTSTART;VALUE=PERIOD:"), (b"20260105T090000Z", b"20260329T013000"),
    (b"COUNT=999999999", b"UNTIL=x"),
]  # fmt: skip
HTML = [
    b"<p>Help " + NAME + b"</p>", b"<![if", b"<!--", b"<" * 4_000, b"&#xD800;&#0;&#99999999999;", b"<div>" * 3_000,
    b"<a href='",
    b"<script>" + NAME, b"<table>" + b"<tr><td>x" * 300, b"<style>", b"<pre>" * 50 + b"x",
    b"<meta charset=utf-7>+2AA-", b"<li>" * 2_000,
]  # fmt: skip
SMIME = b"\x30\x82\x01\x00" + bytes(range(64))
WINMAIL = b"\x78\x9f\x3e\x22" + bytes(64)


def _bomb(size: int) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr(f"{CANARY}.txt", bytes(size))
    return whole.getvalue()


BOMB = _bomb(40_000_000)
"""A zip of forty kilobytes that unpacks to forty megabytes: nobody here unpacks it."""

names = st.sampled_from(WORDS) | st.binary(max_size=12)
headers = st.one_of(
    st.sampled_from(ADDRESSES).map(lambda value: b"From: " + value),
    st.sampled_from(ADDRESSES).flatmap(
        lambda value: st.sampled_from([b"To: ", b"Reply-To: ", b"Cc: ", b"Sender: "]).map(lambda name: name + value)
    ),
    names.map(lambda value: b"Subject: " + value),
    st.sampled_from(DATES).map(lambda value: b"Date: " + value),
    st.tuples(st.sampled_from([b"Message-ID: ", b"In-Reply-To: ", b"References: "]), st.sampled_from(IDS)).map(
        b"".join
    ),
    st.sampled_from(OTHER_HEADERS),
)
"""One header of a message, right or wrong."""
folding = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\n \r\n "])


@st.composite
def leaf(draw: st.DrawFn) -> bytes:
    """A part that is not made of parts: text, a calendar entry, a file, something sealed."""
    kind = draw(st.sampled_from(["text/plain", "text/html", "text/calendar", "file", "tnef", "smime", "zip", "odd"]))
    content, declared = {
        "text/plain": (draw(names | st.just(b"Help my mother\r\n" + NAME)), b"text/plain"),
        "text/html": (b"".join(draw(st.lists(st.sampled_from(HTML), max_size=4))), b"text/html"),
        "text/calendar": (_calendar(draw), b"text/calendar; method=REQUEST"),
        "file": (draw(st.binary(max_size=40)), b"application/pdf"),
        "tnef": (WINMAIL, b"application/ms-tnef"),
        "smime": (SMIME, draw(st.sampled_from([b"application/pkcs7-mime; smime-type=enveloped-data",
                                               b"application/x-pkcs7-mime; smime-type=signed-data; smime-type=x",
                                               b"application/pkcs7-signature", b"application/pgp-encrypted"]))),
        "zip": (BOMB, b"application/zip"),
        "odd": (draw(st.binary(max_size=40)), draw(st.sampled_from(ODD_TYPES))),
    }[kind]  # fmt: skip
    lines = [b"Content-Type: " + declared]
    if draw(st.booleans()):
        lines[0] += b"; charset=" + draw(st.sampled_from(CHARSETS))
    if rarely(draw, 3):
        lines[0] += b"; name=" + draw(st.sampled_from([b'"', b""])) + draw(names)
    encoding = b"base64" if kind == "zip" else draw(st.sampled_from(ENCODINGS))
    if encoding:
        lines.append(b"Content-Transfer-Encoding: " + encoding)
    if encoding.strip().lower() == b"base64" and draw(st.integers(0, 4)):
        content = b64encode(content)
    if rarely(draw, 3):
        how = draw(st.sampled_from([b"attachment", b"inline", b"", b"attachment; filename=winmail.dat"]))
        lines.append(b"Content-Disposition: " + how + b"; filename=" + draw(names))
    return b"\r\n".join(lines) + b"\r\n\r\n" + content + b"\r\n"


def _calendar(draw: st.DrawFn) -> bytes:
    said = CALENDAR
    for old, new in draw(st.lists(st.sampled_from(CALENDAR_DAMAGE), max_size=3)):
        said = said.replace(old, new, 1)
    return said


@st.composite
def _of_parts(draw: st.DrawFn, inner: st.SearchStrategy[bytes]) -> bytes:
    kind = draw(
        st.sampled_from([b"mixed", b"alternative", b"related", b"report", b"signed", b"encrypted", b"digest", b""])
    )
    edge = draw(st.sampled_from([b"edge", b"edge ", b"e" * 71, b"=_x", b"", b"edge--", b"\xff", b"a\x00b"]))
    shown = edge if draw(st.integers(0, 9)) else b"another"
    parts = draw(st.lists(inner, max_size=3))
    head = (
        b"Content-Type: multipart/"
        + kind
        + b'; boundary="'
        + shown
        + b'"'
        + draw(st.sampled_from([b"", b"; report-type=delivery-status"]))
    )
    end = draw(st.sampled_from([b"--" + edge + b"--\r\n", b"", b"--" + edge]))
    return head + b"\r\n\r\n" + b"".join(b"--" + edge + b"\r\n" + part for part in parts) + end


@st.composite
def _enclosed(draw: st.DrawFn, inner: st.SearchStrategy[bytes]) -> bytes:
    kind = draw(
        st.sampled_from([b"message/rfc822", b"message/delivery-status", b"message/partial", b"message/external-body"])
    )
    more = draw(
        st.sampled_from([b"", b"Content-Transfer-Encoding: base64\r\n", b"Content-Disposition: attachment\r\n"])
    )
    said = b"\r\n".join(draw(st.lists(headers, max_size=3))) + b"\r\n" + draw(inner)
    return (
        b"Content-Type: " + kind + b"\r\n" + more + b"\r\n" + (b64encode(said) if b"base64" in more else said) + b"\r\n"
    )


@st.composite
def _deep(draw: st.DrawFn) -> bytes:
    depth = draw(st.sampled_from([5, 29, 32, 60, 98, 101, 300, 1_200]))
    if draw(st.booleans()):
        return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: " + NAME + b"\r\n\r\nHelp\r\n"
    begin = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(depth)
    )
    return begin + b"Content-Type: text/plain\r\n\r\nHelp " + NAME + b"\r\n"


def _wide(draw: st.DrawFn) -> bytes:
    many = draw(st.sampled_from([60, 101, 400]))
    return (
        b"Content-Type: multipart/mixed; boundary=w\r\n\r\n"
        + b"--w\r\nContent-Type: x/y\r\n\r\nz\r\n" * many
        + b"--w--\r\n"
    )


bodies = leaf()
for _ in range(4):
    bodies = leaf() | _of_parts(bodies) | _enclosed(bodies)


@st.composite
def message(draw: st.DrawFn) -> bytes:
    """A whole message."""
    fold = draw(folding)
    said = fold.join(draw(st.lists(headers, max_size=7)))
    if rarely(draw, 30):
        said += fold + b"X-Long: " + NAME + b"x" * draw(st.sampled_from([998, 70_000, 400_000]))
    body = draw(_deep()) if rarely(draw, 40) else _wide(draw) if rarely(draw, 40) else draw(bodies)
    return said + (fold if said else b"") + body


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A message with pieces cut out, put in or changed."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(whole)))
        end = draw(st.integers(start, min(len(whole), start + 80)))
        pool = st.sampled_from([b"", b"\x00", b"\xff\xfe", b"\r\n\r\n", NAME, *OTHER_HEADERS[:6]])
        instead = draw(pool | st.binary(max_size=8) | headers.map(lambda line: b"\r\n" + line + b"\r\n"))
        whole = whole[:start] + instead + whole[end:]
    return whole


messages = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(LETTERS).flatmap(damaged),
    message(),
    message(),
    message().flatmap(damaged),
)
"""Noise, damaged letters of the example council, and messages from the grammar, whole and damaged."""
