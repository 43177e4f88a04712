"""What our own database says of how things stand."""

from __future__ import annotations

from datetime import datetime, timedelta

import psutil
from sqlalchemy import select

from deployments.health.asking import Answer
from deployments.migrating import check_current
from models.working_time import for_people
from tasks.durable.council import Council
from tasks.figures import LATE, OVERSLEPT, count_overslept, mail_waiting, notice_load, people_waiting
from tasks.housekeeping import SEALING
from tasks.mail.watching import uncollected
from tasks.on_call.rota_reading import last_reading
from tasks.on_call.rota_watch import rota_trouble
from tasks.register.lookups import ages, is_stale
from tasks.rounds import ERASING, NotDone, any_round_was_noted, not_done, noted_by_itself
from tasks.telling.people_services import ServiceUnusable, check_services
from tasks.telling.timetable import count_late

ROUND_WITHIN = timedelta(minutes=5)
"""How long a part of housekeeping, which is done every minute in three places, may not have been done."""
SEALED_WITHIN = timedelta(minutes=20)
"""How long after the last sealing the next one may come."""
ERASED_WITHIN = timedelta(days=3)
"""How long no night's run of retention may have gone well."""


def database(council: Council) -> str:
    """Whether it answers."""
    with council.database.read() as session:
        session.execute(select(1))
    return ""


def migrations(council: Council) -> str:
    """Whether its tables are those that this code means."""
    check_current(council.database)
    return ""


def waking(council: Council) -> str:
    """Whether every case that should be at work by now has had its leg."""
    with council.database.read() as session:
        count = count_overslept(session, council.clock.now() - OVERSLEPT)
    return (
        f"{count} cases have slept over two minutes past their time: see that a worker runs and that Prefect answers"
        if count
        else ""
    )


def housekeeping(council: Council) -> str:
    """Whether every part of the round, the backstop among them, was done within the last minutes."""
    now = council.clock.now()
    with council.database.read() as session:
        late = [one for one in not_done(session, now, ROUND_WITHIN) if one.name != SEALING]
        begun = any_round_was_noted(session)
    if not begun and _this_process_is_older_than(ROUND_WITHIN):
        return "nobody has kept house yet: see the worker's and the serving part's logs"
    said = "; ".join(map(_in_words, late))
    return f"{said}: see the worker's and the serving part's logs" if late else ""


def seals(council: Council) -> str:
    """Whether the ledgers are sealed in time; what was lost since the last seal could go unseen."""
    with council.database.read() as session:
        late = [one for one in not_done(session, council.clock.now(), SEALED_WITHIN) if one.name == SEALING]
    return f"{_in_words(late[0])}: see to the disk and to seals.log in the home folder" if late else ""


def retention(council: Council) -> str:
    """Whether the last nights' runs have erased all that was due."""
    now = council.clock.now()
    with council.database.read() as session:
        last = noted_by_itself(session, ERASING)
    if last is None:
        return ""  # no night has come yet
    if last.trouble:
        return f"{last.trouble}: the worker's log has what it was"
    if last.since is None or now - last.since > ERASED_WITHIN:
        return f"{_in_words(last)}: see that the deployment retention/nights is not paused"
    return ""


def outbox(council: Council) -> str:
    """Whether notices to staff go out."""
    with council.database.read() as session:
        count = count_late(session, council.policy, council.clock.now() - LATE)
    if not count:
        return ""
    return f"{count} notices should have gone out over ten minutes ago: see that the services in apprise.yaml answer"


def notices(council: Council) -> Answer:
    """How many are told more today than the budget; that is shown, and is no fault of the system's."""
    with council.database.read() as session:
        load = notice_load(session, council.policy, council.clock.now())
    return Answer(remark=f"{load.over} workers were told more than {load.budget} notices today" if load.over else "")


def mail(council: Council) -> str:
    """Whether what came in is taken up."""
    with council.database.read() as session:
        count = mail_waiting(session, council.clock.now() - LATE).late
    return f"{count} messages are stored and not taken up: see the serving part's log" if count else ""


def mailboxes(council: Council) -> str:
    """Whether every mailbox of the connections file is collected."""
    late = uncollected(council)
    return "; ".join(f"{one.mailbox}: not collected since {for_people(one.since)} ({one.trouble})" for one in late)


def on_call_rota(council: Council) -> Answer:
    """Whether the rota says for every closed hour ahead who is on call; `read_at` is when it was last read."""
    rota, now = council.connections.on_call, council.clock.now()
    with council.database.read() as session:
        reading = last_reading(session, rota) if rota is not None else None
        found = rota_trouble(session, council.policy, now)
    more = {"read_at": reading.read_at.isoformat() if reading is not None and reading.read_at else None}
    if reading is None:
        return Answer("the on-call rota has not been read yet: see that the deployment on-call-rota runs", more=more)
    if found is None:
        return Answer(more=more)
    return Answer(f"{found.trouble.in_words}, from {for_people(found.start)}: see the rota's calendar", more=more)


def people(council: Council) -> str:
    """Whether what is to be sent to people outside goes out, and every service for it can be used."""
    try:
        check_services(council.connections.people)
    except ServiceUnusable as unusable:
        return str(unusable)
    with council.database.read() as session:
        count = people_waiting(session, council.clock.now() - LATE).late
    if not count:
        return ""
    return f"{count} messages to people outside have waited for over ten minutes: see that their services answer"


def register(council: Council) -> Answer:
    """Whether the recording system's extract can be trusted; `days_old` has the age of each kind in days."""
    now = council.clock.now()
    with council.database.read() as session:
        stale = is_stale(session, now, council.policy.register_trusted_for)
        days_old = {str(kind): days for kind, days in ages(session, now).items()}
    wrong = "the register's extract is older than policy trusts: import a newer one" if stale else ""
    return Answer(wrong, more={"days_old": days_old})


def _in_words(late: NotDone) -> str:
    since = f"since {for_people(late.since)}" if late.since else "ever"
    return f"could not {late.name} {since} ({late.trouble or 'it was not tried'})"


def _this_process_is_older_than(age: timedelta) -> bool:
    return datetime.now().timestamp() - psutil.Process().create_time() > age.total_seconds()  # noqa: DTZ005
