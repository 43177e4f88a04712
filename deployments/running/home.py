"""
The home folder: made, locked against a second `pathways up`, and on an empty one the example council moves in.

The connections file is written with a new home and never later: what the example council sends to people outside goes
into a folder and counts as sent, which on a council's own home would be a lie.
"""

from __future__ import annotations

import fcntl
import secrets
from pathlib import Path
from typing import IO
from urllib.parse import quote

from deployments.example_council import (
    example_connections_text,
    example_policy_text,
    example_records,
    load_example_register,
)
from deployments.migrating import upgrade
from models.clock import SystemClock
from models.errors import PathwaysError
from models.working_time import local_day
from tasks.backup.switching import finish_restore
from tasks.database import Database
from tasks.installation import HomeUnusable, Installation
from tasks.recording.connected import FILE
from tasks.recording.embedded import EmbeddedSystem
from tasks.register.lookups import every_recipient
from tasks.telling.configuration import write_default_configuration


class AlreadyUp(PathwaysError):
    """Another `pathways up` runs on this home folder."""


class NoPolicy(PathwaysError):
    """There is no policy to run by."""


def lock_home(installation: Installation) -> IO[str]:
    """Make the home folder and hold it until the file given back is closed. Raises `AlreadyUp`, `HomeUnusable`."""
    try:
        installation.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = (installation.home / "up.lock").open("w")
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        raise HomeUnusable(f"PATHWAYS_HOME {installation.home} cannot be used: {reason}") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise AlreadyUp(
            f"the system already runs on {installation.home}: stop it first, or set PATHWAYS_HOME to another folder"
        ) from None
    finish_restore(installation)
    return held


def move_in(installation: Installation, *, empty: bool) -> bool:
    """
    Migrate the database and see that there is a policy; on a new home, load the example council unless `empty`.

    Whether the example council was loaded now.
    """
    is_new = not installation.policy_file.exists()
    if is_new:
        if empty and installation.policy_file.parent != installation.home:
            raise NoPolicy(
                f"there is no policy at {installation.policy_file}: write one, or leave PATHWAYS_POLICY unset"
            )
        _write_whole(installation.policy_file, example_policy_text())
    database = Database(installation.database_url)
    upgrade(database)
    now = SystemClock().now()
    with database.write() as session:
        known = every_recipient(session, on=local_day(now))
        newcomers = is_new and not empty and not any(one.kind == "staff" for one in known)
        if newcomers:
            load_example_register(session, now)
    with database.read() as session:
        known = every_recipient(session, on=local_day(now))
    if not installation.apprise_file.exists():
        write_default_configuration(installation.apprise_file, installation.mailbox, known)
    if is_new and not installation.connections_file.exists():
        people = installation.mailbox / "people" if newcomers else None
        recording_system = f"\n{example_connections_text()}" if newcomers else ""
        _write_whole(installation.connections_file, first_connections(people) + recording_system)
        if newcomers:
            EmbeddedSystem(installation.home / FILE, lambda: local_day(now)).open_records(example_records())
    database.dispose()
    return newcomers


def first_connections(people: Path | None) -> str:
    """A connections file to begin with: e-mail to people outside goes into the folder `people`, or nowhere."""
    hint = f'email = "pathwaysmailbox://{quote(str(people))}?to={{address}}"' if people else _NOTHING_YET
    return _CONNECTIONS.replace("EMAIL", hint)


_NOTHING_YET = '# email = "mailtos://USER:PASSWORD@smtp.example.gov.uk?from=adult.care@example.gov.uk&to={address}"'
_CONNECTIONS = """\
# What this installation is joined to. Passwords stand in it: keep it readable for its owner alone.
# After a change, start the system again; /health says what cannot be used.

# How people outside are written to (docs/telling-people.md). What is left out is done by a person.
[people]
EMAIL
# text_message = "govuknotify://APIKEY@api.notifications.service.gov.uk/sms/{address}?template=UUID"
# letter = "govuknotify://APIKEY@api.notifications.service.gov.uk/letter/{address}?template=UUID"
# sender_domain = "example.gov.uk"

# Who signs staff on to the worklist, and how they reach it (docs/signing-on.md). Until this is filled in, only
# somebody at this very machine can sign in, without a password, to try things out.
# [sign_on]
# issuer = "https://login.example.gov.uk/realms/staff"
# client_id = "safe-pathways"
# client_secret = "..."
# staff_claim = "preferred_username"   # has the staff id of the register; with found_by = "email", the work address
# found_by = "id"
# role_claim = "groups"                # left out, the register says who has which role, and in which team
# roles = { "ASC Duty" = "duty-worker", "ASC Team Leaders" = "team-leader" }
# team_claim = "team"

# [on_call]   # who is on call while the office is closed (docs/out-of-hours.md): an address, or a file
# address = "https://calendar.example.gov.uk/on-call.ics"
# duty_says = ["duty"]
# manager_says = ["manager"]
# people = { "edt joanna" = "practitioner-4" }

# [worklist]
# address = "https://pathways.example.gov.uk"
# record_address = "https://records.example.gov.uk/person/{record_id}"
# prefect_address = "https://prefect.example.gov.uk"
# scanner = ["clamdscan", "--no-summary", "-"]
# idle_minutes = 60
# session_minutes = 600
"""


def _write_whole(file: Path, text: str) -> None:
    """Write a file that only its owner can read, so that it is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.{secrets.token_hex(4)}.half")
    half.touch(mode=0o600)
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
