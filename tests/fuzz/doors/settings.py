"""The files that a council is set up with: whatever stands in them, they are read, or every line to mend is named."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from deployments.example_council import example_policy_text
from models.connections import ConnectionsRefused, load_connections
from models.policy import PolicyInvalid, load_policy
from tests.fuzz.door import Door
from tests.fuzz.values import rarely
from tests.fuzz.watching import CANARY, keeps_silent

CONNECTIONS = f"""
[[mailboxes]]
name = "duty"
host = "mail.example.org"
username = "duty@example.org"
password = "{CANARY}"

[[calendars]]
kind = "feed"
teams = ["hazel"]
[calendars.feeds]
practitioner = "https://calendar.example.org/{CANARY}.ics"

[[calendars]]
kind = "caldav"
url = "https://dav.example.org/{{staff}}/"
username = "pathways"
password = "{CANARY}"

[[calendars]]
kind = "graph"
asked_as = "pathways@example.org"
oauth = {{ token_url = "https://login.example.org/token", client_id = "pathways", client_secret = "{CANARY}" }}

[people]
email = "mailtos://{CANARY}@mail.example.org?to={{address}}"
sender_domain = "pathways.example.org"

[recording_system]
kind = "embedded"
writes_titles = ["*"]

[sign_on]
issuer = "https://login.example.org"
client_id = "pathways"
client_secret = "{CANARY}"
[sign_on.roles]
"Duty" = "duty-worker"

[worklist]
address = "https://pathways.example.org"
record_address = "https://records.example.org/{{record_id}}"
scanner = ["clamdscan", "-"]
idle_minutes = 30
"""
"""Everything that an installation can be joined to."""
VALUES = (
    '""', '"""\n"""', "''", f'"{CANARY}"', f"'''{CANARY}\n'''", '"\\u0000"', '"\\ud800"', '"\\U0010FFFF"',
    '"\\x41"', '"', "'''", '"a\\"b"',
    "0", "-1", "1_000", "0x1f", "9" * 5_000, "1" * 400, "1e999", "-1e999", "nan", "inf", "-inf", "0.1", "1.5e-9",
    "true", "false",
    "2026-01-05", "2026-02-30", "9999-12-31", "0001-01-01", "09:00", "25:00", "2026-01-05T09:00:00Z",
    "2026-01-05 09:00:00.999999+23:59",
    "[]", "[[]]", "{}", "[1, 'a', {}]", "{ a = 1 }", "[" * 300 + "]" * 300, "[" * 3_000,
    "{ a = " * 300 + "1" + " }" * 300, "[1, [2, [3]]]",
    '"PT1H"', '"1 working day"', '"999999999999 hours"', '"P1D"', '"-1 days"', '"1e5 days"', '"http://[::1"',
    '"https://"', '"https://x:99999999"',
    '"https://user@[::1]:443/a?b#c"', '"ftp://x"', '"{staff}{email}"', '"{staff"', '"hazel"', '"team-leader"',
    '"duty-worker"', '"Mars/Phobos"',
    '["team-leader", "team-leader"]', '["monday", "monday"]', '{ from = "09:00", to = "08:00" }', '"{person}"',
    '"{"', '"{0.__class__}"', '"%(x)s"',
)  # fmt: skip
LINES = (
    "unknown = 1", '"[key]" = 1', '"" = 1', "[]", "[[]]", "[a", "[a]]", "a.b.c.d = 1", '"a.b" = 1', "a = ", "= 1",
    "[policy]", "[[teams]]",
    "[gaps]", "[gaps.GAP-99]", "[gaps.GAP-15]", "[queues]", "[queues.complaint]", "[[mailboxes]]", "[worklist]",
    "[[calendars]]", "# \x00", "\x00",
    ".".join("a" * 1_500) + " = 1", "[" + ".".join("a" * 1_500) + "]", "a = 1\na = 2", "\r", "\ufeff", "é = 1",
    "a = 1 # " + "x" * 9_000, "[people]",
    "[[teams]]\nid = 'hazel'", "'''", '"""', "[sign_on.roles]", "[a]\n[a]", "[a]\nb.c = 1\n[a.b]",
    'kind = "ngrok"', "[[notices]]", "[notices.quiet]",
)  # fmt: skip
LARGEST = 60_000
"""Characters of a file at most: the example has a third of that."""


@st.composite
def files(draw: st.DrawFn, whole: str, kinds: tuple[str, ...]) -> bytes:
    """A sound file with some lines changed, or something that was never one."""
    if rarely(draw, 10):
        noise = st.lists(st.sampled_from(LINES + VALUES), max_size=5).map("\n".join) | st.text(max_size=60)
        return (
            draw(noise).encode("utf-8", "surrogatepass")[:LARGEST]
            if draw(st.booleans())
            else draw(st.binary(max_size=60))
        )
    lines = whole.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 7)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, draw(st.sampled_from(LINES)))
            case 2:
                lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
            case 3:
                line = lines[at]
                cut = draw(st.integers(0, len(line)))
                lines[at] = line[:cut] + draw(st.text(max_size=5)) + line[cut + draw(st.integers(0, 3)) :]
            case 4:
                lines[at] = re.sub(r"kind = \S+", f"kind = {draw(st.sampled_from(kinds))}", lines[at])
            case _:
                name, equals, _ = lines[at].partition("=")
                if equals:
                    value = draw(st.sampled_from(VALUES) | st.text(max_size=10).map(lambda text: f'"{text}"'))
                    lines[at] = f"{name}= {value}"
    text = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])).join(lines)
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"])), "surrogatepass")


class PolicyDoor(Door):
    """A policy file is in force, or every line that is wrong is named."""

    name = "policy"
    weight = 9
    takes = "the example policy with lines taken out, put in, doubled and changed, and any other text or bytes"

    def inputs(self) -> st.SearchStrategy[bytes]:
        """Policy files."""
        return files(example_policy_text(), ('"role"', '"team"'))

    def hold(self, given: bytes) -> str:
        """Read twice, it is the same policy; refused twice, for the same reasons."""
        file = self.world.folder / "policy.toml"
        file.write_bytes(given)
        try:
            policy = load_policy(file)
        except PolicyInvalid as refused:
            assert refused.problems
            most = given.count(b"\n") + given.count(b"\r") + 2
            assert all(1 <= one.line <= most and one.text for one in refused.problems)
            try:
                load_policy(file)
            except PolicyInvalid as again:
                assert str(again) == str(refused)
            return "refused"
        assert load_policy(file).version == policy.version
        policy.working_calendar().due(self.world.began, policy.gaps.reasonable_time.reasonable)
        return "taken"


class ConnectionsDoor(Door):
    """A connections file is read, or what is to be mended is named; no secret ever."""

    name = "connections"
    weight = 7
    takes = "a connections file with everything in it, changed in the same ways, secrets in it that may not come out"

    def inputs(self) -> st.SearchStrategy[bytes]:
        """Connections files."""
        return files(CONNECTIONS, (f'"{CANARY}"', '"feed"', '"graph"', '"embedded"', "1", "[]"))

    def hold(self, given: bytes) -> str:
        """Read, or refused without a word of what stands in it."""
        file = self.world.folder / "connections.toml"
        file.write_bytes(given)
        try:
            connections = load_connections(file)
        except ConnectionsRefused as refused:
            keeps_silent(refused)
            return "refused"
        assert load_connections(file) == connections
        return "taken"
