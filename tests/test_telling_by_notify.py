"""GOV.UK Notify over a real HTTP server that speaks its API: what is sent, what is read back, and never twice."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apprise import Apprise

from flows.telling_a_person import telling_a_person
from models.connections import Connections, PeopleServices
from models.forms.telling_people import PersonToBeTold
from models.notices import Recipient
from models.person_messages import MessageKind, PersonMessageState, SentBy
from models.telling_findings import Addressee, ToBeTold
from tasks.durable.cases import open_new
from tasks.durable.testing import Office
from tasks.telling.apprise_log import close_apprise_log
from tasks.telling.mailbox_service import offer_services
from tasks.telling.notify_service import NotifyService
from tasks.telling.people_outward import Arrived, DidNotArrive, NotTaken, Outward, Refused, Taken
from tasks.telling.people_services import ServiceUnusable, ask_after, can_send, check_services, hand_over
from tests.notify_server import API_KEY, SERVICE, TEAM_ONLY, TEMPLATE, NotifyApi, notify_api
from tests.procedures.letters import asked, read_beside
from tests.procedures.test_telling_people import BY_EMAIL, in_the_register, messages, telling

KIND = {SentBy.EMAIL: "email", SentBy.TEXT_MESSAGE: "sms", SentBy.LETTER: "letter"}
SENDER = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def api() -> Iterator[NotifyApi]:
    """Notify, on this machine."""
    with notify_api() as api:
        yield api


def services(api: NotifyApi, *, key: str = API_KEY, template: str = TEMPLATE, more: str = "") -> PeopleServices:
    """Every way by Notify."""
    urls = {
        way.replace("-", "_"): f"govuknotify://{key}@{api.host}/{kind}/{{address}}?template={template}{more}"
        for way, kind in KIND.items()
    }
    return PeopleServices.model_validate(urls | {"sender_domain": "wenbridge.example.org"})


def outward(address: str = "tom+care@example.org", **changes: Any) -> Outward:
    """One message on its way."""
    given: dict[str, Any] = {
        "id": "L-ONE",
        "case_ref": "7K3Q-9PXM",
        "entry_no": 4,
        "kind": MessageKind.TOLD,
        "address": address,
        "subject": "About your message",
        "body": "Priya is away.\n\nSomebody rings you.",
        "in_reply_to": None,
        "sender_domain": "wenbridge.example.org",
    }
    return Outward(**given | changes)


# ------------------------------------------------------------------ handing over


def test_email_carries_template_fields_sender_and_our_id_as_reference(api: NotifyApi) -> None:
    """The template gets subject, body, the case's reference and whatever else the address names."""
    people = services(api, more=f"&sender={SENDER}&:team=Adult%20Care")
    taken = hand_over(people, SentBy.EMAIL, outward())
    (one,) = api.sent
    assert taken == Taken(one["id"])
    assert (one["reference"], one["to"], one["sender"]) == ("L-ONE", "tom+care@example.org", SENDER)
    assert one["personalisation"] == {
        "subject": "About your message",
        "body": "Priya is away.\n\nSomebody rings you.",
        "reference": "7K3Q-9PXM",
        "team": "Adult Care",
    }


def test_text_and_letter_go_to_number_and_address_lines(api: NotifyApi) -> None:
    """A letter's address goes line by line, as Notify's letter templates want it."""
    hand_over(services(api), SentBy.TEXT_MESSAGE, outward("+44 7700 900123"))
    hand_over(services(api), SentBy.LETTER, outward("Edith Tilling\n3 Mill Lane\nXW1 1AP", id="L-TWO"))
    text, letter = api.sent
    assert (text["type"], text["to"]) == ("sms", "+44 7700 900123")
    lines = {name: line for name, line in letter["personalisation"].items() if name.startswith("address")}
    assert lines == {"address_line_1": "Edith Tilling", "address_line_2": "3 Mill Lane", "address_line_3": "XW1 1AP"}


@pytest.mark.parametrize(
    ("way", "address", "why"),
    [
        (SentBy.EMAIL, TEAM_ONLY, "the key may not write to this person"),
        (SentBy.EMAIL, "joan@example.invalid", "the number or address is not valid"),
        (SentBy.TEXT_MESSAGE, "01632 960333", "the number or address is not valid"),
        (SentBy.LETTER, "Edith Tilling\nXW1 1AP", "it was refused"),
    ],
)
def test_what_notify_will_never_take_fails_for_good_by_its_kind(
    api: NotifyApi, way: SentBy, address: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The reason is a kind of our own; neither it nor any log repeats the number or address."""
    caplog.set_level(logging.DEBUG)
    handed = hand_over(services(api), way, outward(address))
    assert handed == Refused(f"GOV.UK Notify answered 400: {why}")
    for part in address.splitlines():
        assert part not in caplog.text and part not in str(handed)


def test_template_that_notify_does_not_have_fails_for_good(api: NotifyApi) -> None:
    """It is in the address of the service; a person tells them meanwhile."""
    handed = hand_over(services(api, template=SENDER), SentBy.EMAIL, outward())
    assert handed == Refused("GOV.UK Notify answered 400: the template does not fit")


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(api: NotifyApi, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """A limit, a fault of Notify's, a key that somebody has to mend: nothing is lost by waiting."""
    caplog.set_level(logging.DEBUG)
    api.answers(status)
    assert hand_over(services(api), SentBy.EMAIL, outward()) == NotTaken(f"GOV.UK Notify answered {status}")
    assert "tom" not in caplog.text


def test_wrong_key_sends_nothing(api: NotifyApi) -> None:
    """Notify checks who asks."""
    wrong = f"wenbridge-{SERVICE}-00000000-0000-4000-8000-000000000000"
    assert isinstance(hand_over(services(api, key=wrong), SentBy.EMAIL, outward()), NotTaken)
    assert api.sent == []


def test_notify_that_does_not_answer_in_time_is_tried_again(api: NotifyApi) -> None:
    """Patience has an end, so that one bad connection does not hold up everybody's messages."""
    api.stalls()
    handed = hand_over(services(api, more="&rto=0.2"), SentBy.EMAIL, outward())
    assert handed == NotTaken("GOV.UK Notify did not answer")


@pytest.mark.parametrize("end", ["answers", "hangs_up"])
def test_after_an_unclear_end_notify_is_asked_whether_it_has_the_message(api: NotifyApi, end: str) -> None:
    """It took the message and the answer was lost: the second try finds it under our reference, and sends nothing."""
    if end == "answers":
        api.answers(500, takes_it_first=True)
    else:
        api.hangs_up(takes_it_first=True)
    assert isinstance(hand_over(services(api), SentBy.EMAIL, outward()), NotTaken)

    again = hand_over(services(api), SentBy.EMAIL, outward(tried_before=True))

    assert again == Taken(api.sent[0]["id"]) and len(api.sent) == 1
    assert api.asked == ["POST /v2/notifications/email", "GET /v2/notifications"]


def test_message_that_notify_does_not_have_is_sent_at_the_second_try(api: NotifyApi) -> None:
    """The line went dead before Notify took it; another message of ours is not taken for it."""
    hand_over(services(api), SentBy.EMAIL, outward(id="L-OTHER"))
    api.hangs_up()
    hand_over(services(api), SentBy.EMAIL, outward())
    again = hand_over(services(api), SentBy.EMAIL, outward(tried_before=True))
    assert again == Taken(api.sent[1]["id"])


def test_nothing_is_sent_again_while_notify_cannot_be_asked(api: NotifyApi) -> None:
    """Rather late than twice."""
    api.answers(503)
    again = hand_over(services(api), SentBy.EMAIL, outward(tried_before=True))
    assert isinstance(again, NotTaken) and api.sent == []


# ------------------------------------------------------------------ reading back


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("created", None),
        ("sending", None),
        ("pending", None),
        ("accepted", None),
        ("something-new", None),
        ("delivered", Arrived()),
        ("sent", Arrived()),
        ("received", Arrived()),
        *(
            (status, DidNotArrive(f"GOV.UK Notify says {status}"))
            for status in ("permanent-failure", "temporary-failure", "technical-failure", "validation-failed")
        ),
    ],
)
def test_delivery_receipt_is_read_back(api: NotifyApi, status: str, said: object) -> None:
    """Every status that Notify documents means arrived, will not arrive, or not known yet."""
    taken = hand_over(services(api), SentBy.EMAIL, outward())
    assert isinstance(taken, Taken) and taken.service_ref
    api.now_is(status)
    assert ask_after(services(api), SentBy.EMAIL, outward(), taken.service_ref) == said


def test_notify_that_cannot_be_asked_says_nothing_yet(api: NotifyApi) -> None:
    """No answer, an error or an unknown id is no verdict."""
    api.answers(500)
    assert ask_after(services(api), SentBy.EMAIL, outward(), "no-such-id") is None
    assert ask_after(services(api), SentBy.EMAIL, outward(), "no-such-id") is None


# ------------------------------------------------------------------ the service's address


def test_it_is_an_apprise_service_like_any_other(api: NotifyApi) -> None:
    """Who has no message of ours to send can use it all the same; its address shows neither key nor target."""
    close_apprise_log()
    offer_services()
    url = f"govuknotify://{API_KEY}@{api.host}/email/a@example.org?template={TEMPLATE}"
    apprise = Apprise(url)
    assert apprise.notify(body="Hello", title="Test")
    assert api.sent[0]["personalisation"]["body"] == "Hello"
    shown = apprise[0].url(privacy=True)
    assert API_KEY not in shown and "a@example.org" not in shown


@pytest.mark.parametrize(
    "url",
    [
        f"govuknotify://{API_KEY}@api.example.org/email/{{address}}",
        f"govuknotify://{API_KEY}@api.example.org/email/{{address}}?template=welcome",
        f"govuknotify://{API_KEY}@api.example.org/fax/{{address}}?template={TEMPLATE}",
        f"govuknotify://not-a-key@api.example.org/email/{{address}}?template={TEMPLATE}",
        f"govuknotify://{API_KEY}@api.example.org/email/{{address}}?template={TEMPLATE}&tempalte=1",
        f"govuknotify://{API_KEY}@api.example.org/email/somebody@example.org?template={TEMPLATE}",
        "nosuchservice://{address}",
    ],
)
def test_address_that_cannot_be_right_is_named_and_not_used(url: str) -> None:
    """Where no service can be used a person is asked; /health says which setting to mend, and not what stands in it."""
    people = PeopleServices.model_validate({"email": url})
    assert not can_send(people, SentBy.EMAIL)
    with pytest.raises(ServiceUnusable, match=r"people\.email in the connections file") as caught:
        check_services(people)
    assert API_KEY not in str(caught.value)
    assert not can_send(PeopleServices(), SentBy.EMAIL)


def test_service_elsewhere_is_spoken_to_in_secret_only() -> None:
    """Plain HTTP is for this very machine."""
    url = f"govuknotify://{API_KEY}@{{}}/email/a@example.org?template={TEMPLATE}"
    bases = [
        (NotifyService.parse_url(url.format(host)) or {})["base_url"]
        for host in ("api.notifications.service.gov.uk", "127.0.0.1:6011", "127.0.0.1.example.org")
    ]
    assert bases == [
        "https://api.notifications.service.gov.uk",
        "http://127.0.0.1:6011",
        "https://127.0.0.1.example.org",
    ]


# ------------------------------------------------------------------ in a case


def with_notify(office: Office, api: NotifyApi) -> None:
    """Everything to people outside goes by Notify."""
    office.council.connections = Connections(people=services(api))


def test_case_ends_when_the_delivery_receipt_says_delivered(office: Office, api: NotifyApi) -> None:
    """Taken is not arrived: the case waits until Notify says so, and nobody is asked."""
    with_notify(office, api)
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    office.hours_pass(1)
    assert not office.is_closed(case) and asked(office, case) == []
    assert [message.state for message in messages(office)] == [PersonMessageState.SENT]
    api.now_is("delivered")
    office.hours_pass(2)
    assert office.outcome_of(case) == "told"
    assert len(api.sent) == 1


def test_message_that_did_not_arrive_is_told_by_a_person(office: Office, api: NotifyApi) -> None:
    """The mailbox does not exist: duty tells them, and reads why."""
    with_notify(office, api)
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    api.now_is("permanent-failure")
    office.hours_pass(1)
    assert "GOV.UK Notify says permanent-failure" in read_beside(office, case, PersonToBeTold)


def test_message_without_any_receipt_in_policys_time_is_told_by_a_person(office: Office, api: NotifyApi) -> None:
    """After a day of silence nobody relies on it any more."""
    with_notify(office, api)
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    office.hours_pass(23)
    assert asked(office, case) == []
    office.hours_pass(2)
    assert "nothing said in time that it arrived" in read_beside(office, case, PersonToBeTold)
    assert len(api.asked) < 70, "Notify is asked ever more seldom"


def test_number_that_is_no_mobile_goes_to_a_person_at_once(office: Office, api: NotifyApi) -> None:
    """What Notify will never take is not tried for hours."""
    with_notify(office, api)
    in_the_register(office, preferred_method="text-message", telephone="01632 960333")
    case = office.start(telling_a_person, telling())
    assert "not valid" in read_beside(office, case, PersonToBeTold)
    assert [message.state for message in messages(office)] == [PersonMessageState.FAILED]


def test_nothing_personal_reaches_a_log(office: Office, api: NotifyApi, caplog: pytest.LogCaptureFixture) -> None:
    """Refused, failed, retried and read back: no log, ours or a library's, says to whom or what."""
    caplog.set_level(logging.DEBUG)
    with_notify(office, api)
    api.answers(500)
    sender = ToBeTold(who=Addressee.SENDER, email=TEAM_ONLY, called="Canary Called")
    office.start(telling_a_person, telling(sender, subject="Canary subject", body="Canary body", about="Canary about"))
    in_the_register(office, **BY_EMAIL | {"email": "canary@example.org"})
    office.start(telling_a_person, telling(subject="Canary subject", body="Canary body"))
    office.hours_pass(2)
    api.now_is("permanent-failure")
    office.hours_pass(2)
    logged = caplog.text + office.inbox("duty-worker").__repr__()
    assert "canary" not in logged.lower() and "stranger" not in logged


# ------------------------------------------------------------------ killed in the middle

KILLED = """
import os, signal, sys
from models.connections import Connections, PeopleServices
from deployments.example_council import example_policy
from tasks.database import Database
from tasks.durable.council import Council
from models.clock import VirtualClock
from datetime import datetime
import tasks.telling.people_sending as sending

url, people, now = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
council = Council(Database(url), example_policy(), VirtualClock(now))
council.connections = Connections(people=PeopleServices.model_validate_json(people))

class DiesWhenItRecords(Council):
    def change(self):
        os.kill(os.getpid(), signal.SIGKILL)

dying = DiesWhenItRecords(council.database, council.policy, council.clock, connections=council.connections)
sending.send_to_people(dying)
"""


def test_sender_killed_between_sending_and_recording_sends_once(office: Office, api: NotifyApi) -> None:
    """A real process is killed with -9 after Notify has taken the message; the next sender finds it there."""
    with_notify(office, api)
    in_the_register(office, **BY_EMAIL)
    case = open_new(office.council, "telling-a-person", telling(), owner=Recipient.role("duty-worker"))
    office.runtime.run_what_is_due()
    urls = {way.replace("-", "_"): getattr(services(api), way.replace("-", "_")).get_secret_value() for way in KIND}
    database = office.council.database.url.render_as_string(hide_password=False)
    call = [sys.executable, "-c", KILLED, database, json.dumps(urls), office.clock.now().isoformat()]
    killed = subprocess.run(call, cwd=Path(__file__).parent.parent, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(api.sent) == 1
    assert [message.state for message in messages(office)] == [PersonMessageState.QUEUED]

    api.now_is("delivered")
    office.hours_pass(1)

    assert office.outcome_of(case) == "told"
    assert len(api.sent) == 1
