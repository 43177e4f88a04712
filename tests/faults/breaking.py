"""
`python -m tests.faults.breaking`: break the product on purpose, in a copy, and see how soon the campaign notices.

Each breakage takes out one line on which the design rests. A campaign that does not notice would prove nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.plans import Kind
from tests.faults.telling import keep, write_line

CHECKOUT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "docs")


@dataclass(frozen=True)
class Breakage:
    """Something that is taken out of the product: what stands in which file, and what stands there instead."""

    name: str
    kind: Kind
    """In trials of that kind it is looked for."""
    changes: tuple[tuple[str, str, str], ...]
    database: str = "sqlite"


BREAKAGES = (
    Breakage(
        "a leg that lost its lease writes on",
        Kind.STALL,
        (
            (
                "tasks/durable/lease.py",
                "if case.fence != held.fence or case.lease_holder != held.holder:",
                "if not held.ref:",
            ),
        ),
    ),
    Breakage(
        "a leg goes to sleep though something came",
        Kind.RACES,
        (
            (
                "tasks/durable/running.py",
                "        if here.case.wake_no != begun.wake_no:\n            return None\n"
                "        due, awaiting = fall_asleep(here, begun.wake_no, again_at)",
                "        due, awaiting = fall_asleep(here, here.case.wake_no, again_at)",
            ),
        ),
    ),
    Breakage(
        "an answer does not wake its case",
        Kind.RACES,
        (
            (
                "tasks/durable/worklist.py",
                "    stop_chasing(session, item)\n    raise_wake_no(change, case.ref)\n    return case.ref",
                "    stop_chasing(session, item)\n    return case.ref",
            ),
        ),
    ),
    Breakage(
        "notices are queued after the step has committed",
        Kind.KILL,
        (
            (
                "tasks/telling/queueing.py",
                "session.connection().execute(_QUEUE, rows)",
                'session.info.setdefault("late", []).append((_QUEUE, rows))',
            ),
            (
                "tasks/database.py",
                "        with _in_plain_words(), self._sessions.begin() as session:\n            yield session\n",
                "        with _in_plain_words(), self._sessions.begin() as session:\n            yield session\n"
                "        with _in_plain_words(), self._sessions.begin() as other:\n"
                '            for statement, rows in session.info.pop("late", []):\n'
                "                other.connection().execute(statement, rows)\n",
            ),
        ),
    ),
    Breakage(
        "a message is said to be stored before it is",
        Kind.KILL,
        (
            (
                "deployments/intake/smtp.py",
                "            mail_id = await self._loop.run_in_executor(",
                '            mail_id = "M-SOON"\n            self._loop.run_in_executor(',
            ),
        ),
    ),
    Breakage(
        "a letter leaves the mailbox before it is stored",
        Kind.KILL,
        (
            (
                "tasks/mail/collecting.py",
                "    keep_mail(council, raw, *envelope_of(raw), door=MailDoor.IMAP)\n    mailbox.move(uid, box.done)\n",
                "    mailbox.move(uid, box.done)\n    keep_mail(council, raw, *envelope_of(raw), door=MailDoor.IMAP)\n",
            ),
        ),
    ),
    Breakage(
        "the same message by another relay is another message",
        Kind.REPEATS,
        (("tasks/mail/storing.py", "digest_of_bytes(raw), digest_of_content(raw)", "(digest_of_bytes(raw),) * 2"),),
    ),
    Breakage(
        "a call of another system is taken in each time it comes",
        Kind.REPEATS,
        (
            (
                "tasks/webhook_intake.py",
                "        receipt = session.get(WebhookReceipt, call.id)\n",
                "        receipt = None\n",
            ),
            ("tasks/webhook_intake.py", "        session.add(\n", "        session.merge(\n"),
            (
                "tasks/mail/storing.py",
                "digest, content_digest = digest_of_bytes(raw), digest_of_content(raw)",
                "digest = content_digest = secrets.token_hex(32)",
            ),
        ),
    ),
    Breakage(
        "a signal is taken in each time it comes",
        Kind.REPEATS,
        (
            ("tasks/durable/arrivals.py", "        if receipt is not None:  #", "        if receipt == -1:  #"),
            (
                "tasks/durable/arrivals.py",
                "        session.connection().execute(_TAKE_RECEIPT, row)\n",
                "        if receipt is None:\n            session.connection().execute(_TAKE_RECEIPT, row)\n",
            ),
        ),
    ),
    Breakage(
        "whoever answers second is not told that somebody was first",
        Kind.RACES,
        (
            (
                "tasks/durable/worklist.py",
                "    item = item_named(change.session, item_id)  # read after the lock: as it stands now\n"
                "    _refuse_ended(item)\n",
                "    item = item_named(change.session, item_id)\n",
            ),
        ),
    ),
    Breakage(
        "a digest that is sent again has another id",
        Kind.SERVICES,
        (
            (
                "tasks/telling/claiming.py",
                "    if not rows:\n        return None\n    token",
                '    digest_id = digest_id and "D-" + secrets.token_hex(8).upper()\n'
                "    if not rows:\n        return None\n    token",
            ),
        ),
    ),
    Breakage(
        "Notify is not asked whether it has a message already",
        Kind.SERVICES,
        (
            (
                "tasks/telling/notify_service.py",
                "self.outward is not None and self.outward.tried_before",
                "self.outward is None",
            ),
        ),
    ),
    Breakage(
        "a notice counts as delivered before it is sent",
        Kind.SERVICES,
        (("tasks/telling/delivering.py", "    if taken:\n", "    if taken or not taken:\n"),),
    ),
    Breakage(
        "nobody looks whether the person has died",
        Kind.SERVICES,
        (
            (
                "tasks/telling/people.py",
                "    if any(one.died_on is not None or one.safe_contact for one in owners):\n",
                "    if not owners and session is None:\n",
            ),
        ),
    ),
    Breakage(
        "a child case's closing is not told to whoever waits",
        Kind.KILL,
        (
            (
                "tasks/durable/cases.py",
                "        if other.status is not CaseStatus.CLOSED:\n",
                "        if other.status is CaseStatus.CLOSED:\n",
            ),
        ),
    ),
    Breakage(
        "an entry says a step is done that is undone by the same crash",
        Kind.KILL,
        (
            (
                "tasks/durable/leg.py",
                "            yield here\n        self.kept_back.clear()\n",
                "            self.kept_back.clear()\n            yield here\n",
            ),
        ),
    ),
)


def main() -> int:
    """Break one after the other; 1 where a breakage was not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.breaking", description=__doc__)
    parser.add_argument("--trials", type=int, default=60, help="trials in which each must be noticed (60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="WORDS", default="", help="breakages with these words in their names")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was noticed, and when")
    asked = parser.parse_args()
    noticed = []
    for breakage in BREAKAGES:
        if asked.only in breakage.name:
            noticed.append(look_for(breakage, asked.trials, asked.seed))
            trials, invariants = noticed[-1]["trials"], ", ".join(noticed[-1]["invariants"])
            write_line(f"{breakage.name}: {f'trial {trials}: {invariants}' if invariants else 'NOT NOTICED'}")
    if asked.json is not None:
        keep(asked.json, {"breakages": noticed})
    return 0 if all(one["invariants"] for one in noticed) else 1


def look_for(breakage: Breakage, trials: int, seed: int) -> dict[str, Any]:
    """Run trials of a broken copy until one fails; gives after how many, and what did not hold."""
    with tempfile.TemporaryDirectory(prefix="faults-broken-") as folder:
        copy = broken_copy(breakage, Path(folder))
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "tests.faults", "--trials", str(trials), "--seed", str(seed), "--at-once", "1"]
        command += ["--only", breakage.kind, "--database", breakage.database, "--until-failure", "--json", str(report)]
        environment = os.environ | {"PYTHONPATH": str(copy)}
        ran = subprocess.run(command, cwd=copy, env=environment, check=False, capture_output=True, text=True)
        if not report.exists():
            raise RuntimeError(f"the campaign did not run in the copy: {ran.stderr[-2000:]}")
        said = json.loads(report.read_text())
    broken = sorted({one["invariant"] for failed in said["failed"] for one in failed["broken"]})
    return {"breakage": breakage.name, "kind": breakage.kind, "trials": said["trials"], "invariants": broken}


def broken_copy(breakage: Breakage, folder: Path) -> Path:
    """A copy of the checkout with the breakage in it. Raises ValueError where what is to be taken out has moved."""
    copy = folder / "checkout"
    shutil.copytree(CHECKOUT, copy, ignore=LEFT_OUT)
    for name, text in broken_files(breakage).items():
        (copy / name).write_text(text, encoding="utf-8")
    return copy


def broken_files(breakage: Breakage) -> dict[str, str]:
    """The files that are changed, as they are then. Raises ValueError where what is to be taken out has moved."""
    files: dict[str, str] = {}
    for name, old, new in breakage.changes:
        text = files.get(name) or (CHECKOUT / name).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{name} no longer has that line once: bring the breakage up to date ({breakage.name})")
        files[name] = text.replace(old, new)
    return files


if __name__ == "__main__":
    sys.exit(main())
