"""
Two machines with a worker and a worklist each, one Prefect server, all on a real PostgreSQL; and kill -9.

The machines are started once. Cases of earlier tests go on while later ones run, as in an office, and the last tests
look over everything that happened.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select

from models.cases import Case, Entry, Lease, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.forms.handover import HandoverReply
from models.forms.written_contact import ContactSorting, ContactTransfer
from models.mail import InboundMail
from models.once import DoneOnce
from models.person_messages import PersonMessage
from tasks.audit.verifying import verify
from tasks.telling.mailbox_service import read_mailbox
from tests.procedures.letters import sorted_as
from tests.real_prefect.conftest import eventually
from tests.real_prefect.machines import FarBrowser, Machine, Machines, two_machines
from tests.worklist.browser import Seen

pytestmark = [pytest.mark.real_prefect, pytest.mark.real_postgres, pytest.mark.xdist_group("real_prefect")]

SORTED = {
    "kinds": "named-worker",
    "about_person": "P-101",
    "named_worker": "practitioner",
    "action_indicated": "chase the bath seat",
    "where_recorded": "case note 4711",
}
LOOK_AGAIN_SECONDS = 120
"""A run that a killed worker had taken up and not begun is brought back after a minute."""


@pytest.fixture(scope="module")
def machines(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Both machines, running."""
    with two_machines(tmp_path_factory.mktemp("machines") / "shared", postgresql_server) as running:
        yield running


def letter(words: str) -> bytes:
    """A letter that is known by its words."""
    message = EmailMessage()
    message["From"], message["To"] = "Ada Tilling <ada@example.org>", "adult.care@example.org"
    message["Subject"], message["Message-ID"] = "The bath seat", f"<{words}@example.org>"
    message.set_content(f"Dear Priya, the bath seat has not come. {words}")
    return message.as_bytes()


def case_of(machines: Machines, words: str) -> str | None:
    """The case that a letter has opened."""
    with machines.council.database.read() as session:
        mails = session.scalars(select(InboundMail)).all()
        return next((mail.case_ref for mail in mails if words.encode() in mail.raw), None)


def open_item(machines: Machines, ref: str, form: type[Form]) -> str | None:
    """The case's open work item of that form."""
    wanted = select(WorkItem.id).where(WorkItem.case_ref == ref, WorkItem.form == form.name(), WorkItem.state == "open")
    with machines.council.database.read() as session:
        return session.scalars(wanted).first()


def asked(machines: Machines, ref: str, form: type[Form]) -> str:
    """The work item, once the case has asked for it."""
    return str(eventually(lambda: open_item(machines, ref, form), LOOK_AGAIN_SECONDS))


def come_in(machines: Machines, name: str, count: int) -> list[str]:
    """So many letters by both doors in turn; gives their cases."""
    doors = list(machines)
    for number in range(count):
        doors[number % 2].post(letter(f"{name}-{number:02}-words"))
    return [eventually(lambda n=n: case_of(machines, f"{name}-{n:02}-words")) for n in range(count)]


def entries(machines: Machines, ref: str) -> list[Entry]:
    """The case's ledger."""
    with machines.council.database.read() as session:
        return list(session.scalars(select(Entry).where(Entry.case_ref == ref).order_by(Entry.no)))


def is_closed(machines: Machines, ref: str) -> bool:
    """Whether the case has come to its end."""
    with machines.council.database.read() as session:
        return session.get_one(Case, ref).status == "closed"


def sort(machines: Machines, machine: Machine, ref: str) -> None:
    """The duty worker's answer, by one machine's API."""
    item = asked(machines, ref, ContactSorting)
    assert machines.answer(machine, item, sorted_as().model_dump(mode="json"), "duty-worker").status_code == 200


def accept(machines: Machines, machine: Machine, ref: str) -> None:
    """The practitioner's answer, by one machine's API."""
    item = asked(machines, ref, ContactTransfer)
    reply = ContactTransfer(reply=HandoverReply.ACCEPT).model_dump(mode="json")
    assert machines.answer(machine, item, reply, "practitioner").status_code == 200


def send(browser: FarBrowser, page: Seen, answers: dict[str, str]) -> Seen:
    """Send the form of a page."""
    page.forms = [max(page.forms, key=lambda one: len(one.names))]
    return browser.send(page, answers, button="Send your answer")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do several things at the same instant."""
    together = threading.Barrier(len(acts))

    def act(one: Callable[[], Any]) -> Any:
        together.wait(30)
        return one()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def test_letters_come_in_by_both_doors_and_a_letter_sent_to_both_is_one(machines: Machines) -> None:
    """Whichever machine a letter is handed to, it opens a case; the same letter at both doors at once opens one."""
    same = letter("sent-to-both")
    at_once(lambda: machines.first.post(same), lambda: machines.second.post(same))
    refs = come_in(machines, "by-both-doors", 4)
    refs.append(eventually(lambda: case_of(machines, "sent-to-both")))
    assert len(set(refs)) == 5
    with machines.council.database.read() as session:
        kept = [mail.raw for mail in session.scalars(select(InboundMail))]
    assert sum(b"sent-to-both" in raw for raw in kept) == 1
    for number, ref in enumerate(refs):
        sort(machines, list(machines)[number % 2], ref)
    for ref in refs:
        accept(machines, machines.second, ref)
    for ref in refs:
        eventually(lambda ref=ref: is_closed(machines, ref))


def test_both_workers_run_legs(machines: Machines) -> None:
    """Legs are taken by whichever worker is free: the leases of a few cases name both machines."""
    seen: set[str] = set()
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            with machines.council.database.read() as session:
                holders = session.scalars(select(Lease.holder).where(Lease.holder.is_not(None))).all()
            seen.update(holder.partition(":")[0] for holder in holders)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        for batch in range(6):
            refs = come_in(machines, f"for-both-workers-{batch}", 6)
            for ref in refs:
                asked(machines, ref, ContactSorting)
            if {"first", "second"} <= seen:
                break
    finally:
        stop.set()
        watching.join()
    assert {"first", "second"} <= seen


def test_of_two_who_answer_at_two_worklists_at_once_one_is_told_who_was_first(machines: Machines) -> None:
    """Two duty workers send the same form at the same instant by two machines: one entry, and one learns of it."""
    (ref,) = come_in(machines, "answered-twice", 1)
    item = asked(machines, ref, ContactSorting)
    browsers = []
    for machine, who in ((machines.first, "duty-worker"), (machines.second, "duty-worker-2")):
        browser = FarBrowser(machine)
        browser.is_signed_in_as(who)
        browsers.append(browser)
    dana, malcolm = browsers
    for browser in browsers:
        browser.get(f"/work-items/{item}")  # both have it open before either reads it through
    checked = [send(browser, browser.get(f"/work-items/{item}"), SORTED) for browser in browsers]
    answers = at_once(lambda: send(dana, checked[0], {}), lambda: send(malcolm, checked[1], {}))
    assert sorted(seen.status for seen in answers) == [200, 409]
    told = next(seen for seen in answers if seen.status == 409)
    first = "Malcolm Oyelaran" if told is answers[0] else "Dana Whitlock"
    assert f"{first} answered it on" in told.text
    assert sum(entry.kind == EntryKind.ANSWERED for entry in entries(machines, ref)) == 1
    accept(machines, machines.first, ref)
    eventually(lambda: is_closed(machines, ref))


def test_who_signs_in_at_one_worklist_is_signed_in_at_the_other(machines: Machines) -> None:
    """A browser that a proxy sends to the other machine goes on there; signing out ends it at both."""
    browser = FarBrowser(machines.first)
    browser.is_signed_in_as("duty-worker")
    browser.machine = machines.second
    day = browser.get("/", follow=True)
    assert day.status == 200
    assert "Dana Whitlock" in day.text
    signed_out = [one for one in day.forms if one.action == "/sign-out"]
    assert browser.post("/sign-out", signed_out[0].pairs).status == 200
    browser.machine = machines.first
    assert browser.get("/").path.startswith("/sign-in")


def test_a_form_goes_on_at_the_other_worklist_when_its_own_is_killed(machines: Machines) -> None:
    """kill -9 of a worklist in the middle of a form: what was typed stands in it at the other one."""
    (ref,) = come_in(machines, "in-the-middle", 1)
    item = asked(machines, ref, ContactSorting)
    browser = FarBrowser(machines.first)
    browser.is_signed_in_as("duty-worker")
    page = browser.get(f"/work-items/{item}")
    form = max(page.forms, key=lambda one: len(one.names))
    typed = [pair for pair in form.pairs if pair[0] != "action_indicated"] + [("action_indicated", "a commode, today")]
    assert browser.post("/drafts", [*typed, ("_path", f"/work-items/{item}")]).status == 204

    machines.first.kill("worklist")
    browser.machine = machines.second
    again = browser.get(f"/work-items/{item}")
    assert ("action_indicated", "a commode, today") in max(again.forms, key=lambda one: len(one.names)).pairs
    checked = send(browser, again, SORTED | {"action_indicated": "a commode, today"})
    assert "Answered" in send(browser, checked, {}).text

    machines.first.start("worklist")
    eventually(machines.first.is_serving)
    accept(machines, machines.first, ref)
    eventually(lambda: is_closed(machines, ref))


def test_cases_go_on_when_a_worker_is_killed_in_mid_leg_and_then_the_server(machines: Machines) -> None:
    """kill -9 of one worker while legs run and of Prefect's server after it: every case goes on, each step once."""
    refs = come_in(machines, "killed-under-it", 8)
    for ref in refs:
        asked(machines, ref, ContactSorting)
    for number, ref in enumerate(refs):
        sort(machines, list(machines)[number % 2], ref)
        if number == len(refs) // 2:
            machines.first.kill("worker")
    machines.kill_server()
    late = letter("came-while-the-server-was-down")
    machines.second.post(late)  # letters are taken all the same
    ref = eventually(lambda: case_of(machines, "came-while-the-server-was-down"))
    machines.start_server()
    machines.first.start("worker")
    sort(machines, machines.first, ref)
    for number, one in enumerate([*refs, ref]):
        accept(machines, list(machines)[number % 2], one)
    for one in [*refs, ref]:
        eventually(lambda one=one: is_closed(machines, one), LOOK_AGAIN_SECONDS)


def test_nothing_was_lost_or_done_twice(machines: Machines) -> None:
    """After all of it every chain holds, no step was done twice, and no case was closed twice."""
    with machines.council.database.read() as session:
        assert verify(session) == []
    with machines.council.database.read() as session:
        refs = session.scalars(select(Case.ref)).all()
    for ref in refs:
        ledger = entries(machines, ref)
        assert [entry.no for entry in ledger] == list(range(1, len(ledger) + 1))
        done = [entry.key for entry in ledger if entry.kind == EntryKind.DONE]
        assert len(done) == len(set(done)), ref
        answered = [entry.key for entry in ledger if entry.kind == EntryKind.ANSWERED]
        assert len(answered) == len(set(answered)), ref
        assert sum(entry.kind == EntryKind.CLOSED for entry in ledger) <= 1
        assert sum(entry.kind == EntryKind.RUN_INTERFERED for entry in ledger) == 0, ref


def test_what_went_out_twice_has_the_same_id(machines: Machines) -> None:
    """Four processes deliver from one outbox: whoever wrote has one receipt, or the same one under the same id."""
    waiting = select(func.count()).select_from(PersonMessage).where(PersonMessage.state == "queued")

    def is_sent() -> bool:
        with machines.council.database.read() as session:
            return session.scalar(waiting) == 0

    eventually(is_sent)
    with machines.council.database.read() as session:
        delivered = select(func.count()).where(PersonMessage.state == "delivered")
        wanted = session.scalar(delivered) or 0
    sent = [message.headers["Message-ID"] for message in read_mailbox(machines.mailbox / "people")]
    assert len(set(sent)) == wanted > 0
    notices: Counter[str] = Counter()
    for folder in machines.mailbox.iterdir():
        if folder.name != "people":
            ids = [re.findall(r"\b(?:Digest )?([DN]-[0-9A-Z]{10,16})\b", one.body)[-1:] for one in read_mailbox(folder)]
            notices.update(f"{folder.name}:{found[0]}" for found in ids if found)
    assert set(notices.values()) <= {1}


def test_four_processes_that_keep_house_do_it_once(machines: Machines) -> None:
    """Each case has one run in Prefect, the day's cases are opened once, and both machines witness the same seals."""
    runs = machines.prefect("POST", "/flow_runs/filter", json={}).json()
    of_cases = Counter(run["parameters"]["ref"] for run in runs if run["parameters"].get("ref"))
    with machines.council.database.read() as session:
        replaced = Counter(session.scalars(select(Entry.case_ref).where(Entry.kind == EntryKind.RUN_REPLACED)))
        days = session.scalars(select(DoneOnce.name)).all()
        unsorted = session.scalar(select(func.count()).select_from(Case).where(Case.procedure == "unsorted-mail"))
    assert {ref: count for ref, count in of_cases.items() if count > 1 + replaced[ref]} == {}
    assert unsorted <= sum(name.startswith("unsorted-mail:") for name in days)

    def witnesses_agree() -> bool:
        first, second = [(machine.home / "seals.log").read_text().splitlines() for machine in machines]
        shorter = min(len(first), len(second))
        return shorter > 0 and first[:shorter] == second[:shorter]

    eventually(witnesses_agree)


def test_a_dead_machine_keeps_a_case_no_longer_than_its_lease(machines: Machines) -> None:
    """Nobody of the other machine can tell that a process is gone: its lease runs out, and no lease is left over."""

    def nothing_is_held() -> bool:
        past = machines.council.clock.now() - timedelta(seconds=1)
        with machines.council.database.read() as session:
            held = select(func.count()).select_from(Lease).where(Lease.holder.is_not(None), Lease.expires_at < past)
            return session.scalar(held) == 0

    eventually(nothing_is_held, LOOK_AGAIN_SECONDS)
