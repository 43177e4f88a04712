"""A council's policy is read whole, is checked line by line, and carries a default for all 55 open points."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.decision_tables import Rag
from models.durations import DayEnd, calendar_days, calendar_hours, minutes, working_days, working_hours
from models.policy import Gaps, MailKind, Policy, PolicyInvalid, load_policy, parse_policy
from models.policy.messages import Template, TemplateFieldMissing
from models.policy.notices import QuietHours
from models.policy.running import Outbox, Steps
from models.policy.toml_lines import lines_of
from models.roles import Role

EXAMPLE = Path(__file__).parent.parent / "deployments" / "example_council" / "policy.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
LEGAL = {6, 7, 9, 23, 26, 32, 33, 36, 39, 41, 44, 47, 48, 54}


@pytest.fixture(scope="module")
def wenbridge() -> Policy:
    """The example council's policy."""
    return load_policy(EXAMPLE)


def changed(sound: str, unsound: str) -> str:
    """The example policy with one passage changed, which must be there."""
    assert TEXT.count(sound) >= 1, sound
    return TEXT.replace(sound, unsound, 1)


def line_with(text: str, passage: str) -> int:
    """The number of the first line that has the passage."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if passage in line)


# ---------------------------------------------------------------- the example council


def test_example_council_is_complete(wenbridge: Policy) -> None:
    """The example council has its teams, speaks about all 55 points and knows which need legal advice."""
    assert wenbridge.council.name == "Wenbridge Council"
    assert {"duty", "hazel", "rowan", "brokerage", "safeguarding"} <= {team.id for team in wenbridge.teams}
    assert wenbridge.team("hazel").lead == "team-leader"
    assert wenbridge.register_trusted_for == timedelta(hours=36)
    assert [team.id for team in wenbridge.sorting_teams()] == ["duty", "business-support"]
    assert all(wenbridge.has_decided(f"GAP-{number:02}") for number in range(1, 56))
    assert wenbridge.awaiting_legal_advice() == tuple(f"GAP-{number:02}" for number in sorted(LEGAL))


def test_roles_have_local_names_or_neutral_ones(wenbridge: Policy) -> None:
    """A council's own name for a role is shown; a role without one keeps its neutral name."""
    assert wenbridge.role_name(Role.STRATEGIC_MANAGER) == "service manager"
    assert wenbridge.role_name(Role.TEAM_LEADER) == "team leader"


def test_every_kind_of_mail_but_the_named_workers_has_a_queue(wenbridge: Policy) -> None:
    """Each kind of sorted mail goes to a role or a team; mail for a named worker is the procedure's."""
    for kind in set(MailKind) - {MailKind.NAMED_WORKER}:
        queue = wenbridge.queue(kind)
        assert (queue.role is None) != (queue.team is None)
    assert wenbridge.queue(MailKind.SAFEGUARDING).within is DayEnd.BEFORE_CLOSING
    assert wenbridge.queue(MailKind.COMPLAINT).role is Role.COMPLAINTS
    with pytest.raises(KeyError):
        wenbridge.queue(MailKind.NAMED_WORKER)


def test_working_calendar_is_the_councils(wenbridge: Policy) -> None:
    """The calendar has the council's own hours and closure days beside England's bank holidays."""
    calendar = wenbridge.working_calendar()
    assert calendar.closing_time(date(2026, 11, 27)).hour == 16  # Friday closes half an hour earlier
    assert not calendar.is_working_day(date(2026, 12, 30))
    assert calendar.next_working_day(date(2026, 12, 24)) == date(2027, 1, 4)


def test_work_item_is_timed_as_its_form_says_unless_urgent(wenbridge: Policy) -> None:
    """A form's own timing goes before the default, and urgent timing before both."""
    assert wenbridge.timing_of("contact-sorting").acknowledge_within == working_hours(4)
    assert wenbridge.timing_of("sorted-again").remind_after == working_hours(6)
    assert wenbridge.timing_of("sorted-again", urgent=True).acknowledge_within == minutes(30)
    assert [step.to for step in wenbridge.timing_of("contact-sorting").escalate] == [
        Role.TEAM_LEADER,
        Role.TEAM_MANAGER,
        Role.STRATEGIC_MANAGER,
    ]


@pytest.mark.parametrize("form", ["contact-review", "red-contact-review"])
def test_a_planned_contact_raises_no_alarm_and_is_passed_on_after_a_working_day(wenbridge: Policy, form: str) -> None:
    """It is put into a worklist in the morning for the whole day; unanswered, it does not lie longer than the next."""
    timing = wenbridge.timing_of(form)
    assert timing.acknowledge_within is None
    assert timing.escalate[0].after == working_days(1)
    assert wenbridge.timing_of(form, urgent=True).acknowledge_within == minutes(30)


def test_contact_is_weekly_fortnightly_or_four_weekly_by_colour(wenbridge: Policy) -> None:
    """Red is contacted every 7 days, Amber every 14, Green every 28, an unrated case every 14."""
    assert wenbridge.contact_every(Rag.RED) == calendar_days(7)
    assert wenbridge.contact_every(Rag.AMBER) == calendar_days(14)
    assert wenbridge.contact_every(Rag.GREEN) == calendar_days(28)
    assert wenbridge.contact_every(None) == calendar_days(14)


def test_policy_cannot_be_changed_once_read(wenbridge: Policy) -> None:
    """No line of code can alter what the council decided."""
    with pytest.raises(ValidationError):
        wenbridge.council.name = "Elsewhere"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        wenbridge.gaps.months.month = calendar_days(31)  # type: ignore[misc]


# ---------------------------------------------------------------- the 55 points


def test_every_open_point_has_a_default_with_owner_date_and_clauses() -> None:
    """All 55 points are there under their ids, each with who owns it, when it was decided and what it touches."""
    gaps = Gaps().all()
    assert list(gaps) == [f"GAP-{number:02}" for number in range(1, 56)]
    for gap_id, gap in gaps.items():
        assert gap.id == gap_id
        assert isinstance(gap.owner, Role) and gap.decided_on == date(2026, 1, 5)
        assert all(re.fullmatch(r"(DUTY|PWT|ARR|REA|TRN)-\d\d|all", clause) for clause in gap.clauses)
        assert (type(gap).__doc__ or "").strip().endswith(".")
        assert len(type(gap).model_fields) > 2  # owner and date alone decide nothing


def test_points_that_touch_the_law_await_advice_until_it_is_dated() -> None:
    """The fourteen points that touch the law say so, and stop waiting once the advice has a date."""
    gaps = Gaps().all()
    assert {int(gap_id[4:]) for gap_id, gap in gaps.items() if gap.legal_advice_needed} == LEGAL
    assert {int(gap_id[4:]) for gap_id, gap in gaps.items() if gap.awaits_legal_advice} == LEGAL
    advised = parse_policy(changed("# legal_advice_on =", "legal_advice_on = 2026-02-02"))
    assert "GAP-06" not in advised.awaiting_legal_advice()
    assert len(advised.awaiting_legal_advice()) == 13


def test_defaults_carry_the_numbers_that_were_settled() -> None:
    """The durations of the defaults are the ones that the catalogue of gaps suggests."""
    gaps = Gaps()
    assert gaps.reasonable_time.few_hours == working_hours(4)
    assert gaps.reasonable_time.few_days == working_days(3)
    assert gaps.reasonable_time.reasonable == working_days(2)
    assert (gaps.follow_up_ownership.decide_after, gaps.follow_up_ownership.decider) == (
        working_days(1),
        Role.TEAM_LEADER,
    )
    assert gaps.advice_follow_up.low_risk_after == calendar_days(28)
    assert gaps.tray_after_urgency.never_if_response_due_within == calendar_hours(24)
    assert (gaps.allocation_clock.warn_after, gaps.allocation_clock.breach_after) == (
        calendar_days(21),
        calendar_days(28),
    )
    assert (gaps.unreachable_person.attempts, gaps.unreachable_person.attempts_within) == (3, working_days(2))
    assert [gaps.priority_deadlines.urgent, gaps.priority_deadlines.high] == [calendar_hours(24), calendar_days(3)]
    assert gaps.whistleblowing.detriment_checks_after == (calendar_days(28), calendar_days(90))
    assert gaps.on_call_times.on_call_acknowledges_within == minutes(30)


def test_point_is_found_by_id_and_by_name(wenbridge: Policy) -> None:
    """A point has one set of settings under both names."""
    assert wenbridge.gap("GAP-02") is wenbridge.gaps.reasonable_time
    with pytest.raises(KeyError):
        wenbridge.gap("GAP-56")


def without_gap(gap_id: str) -> str:
    """The example policy without that point."""
    return re.sub(rf"\[gaps\.{gap_id}\]\n(?:[^\[\n][^\n]*\n)+", "", TEXT)


def test_point_that_the_council_leaves_out_keeps_our_default() -> None:
    """A point that is not in the file has the default of this release, and is known not to be the council's."""
    policy = parse_policy(without_gap("GAP-05"))
    assert policy.gap("GAP-05") == Gaps().follow_up_ownership
    assert not policy.has_decided("GAP-05") and policy.has_decided("GAP-04")


def test_council_replaces_one_setting_and_keeps_the_others() -> None:
    """A council's own figure stands, beside our defaults for what it left out."""
    short = without_gap("GAP-12") + '\n[gaps.GAP-12]\nowner = "team-manager"\ndecided_on = 2026-03-01\n'
    policy = parse_policy(short + 'red_contact_every = "P3D"\n')
    assert policy.contact_every(Rag.RED) == calendar_days(3)
    assert policy.gaps.red_contact.interim_safety_plan_first
    assert (policy.gap("GAP-12").owner, policy.gap("GAP-12").decided_on) == (Role.TEAM_MANAGER, date(2026, 3, 1))


def test_point_needs_an_owner_and_a_date() -> None:
    """A local decision without an owner or a date is refused, with the line of its table."""
    text = without_gap("GAP-12") + '\n[gaps.GAP-12]\nred_contact_every = "P3D"\n'
    line = line_with(text, "[gaps.GAP-12]")
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text)
    assert [str(problem) for problem in refused.value.problems] == [
        f"line {line}: gaps.GAP-12: decided_on is missing; a local decision has both",
        f"line {line}: gaps.GAP-12: owner is missing; a local decision has both",
    ]


@pytest.mark.parametrize(
    ("sound", "unsound"),
    [
        ("blocks_assessment = false", "blocks_assessment = true"),
        ("may_refuse_assessment = false", "may_refuse_assessment = true"),
        ("gate_safeguarding = false", "gate_safeguarding = true"),
        ("contact_after_death = false", "contact_after_death = true"),
        ("counts_as_independent_advocate = false", "counts_as_independent_advocate = true"),
        ('holds = ["assessment", "review", "planning"]', 'holds = ["assessment", "review", "planning", "contact"]'),
        ('warn_after = "P21D"', 'warn_after = "P28D"'),
        ('red_to_strategic_manager_after = "P14D"', 'red_to_strategic_manager_after = "P35D"'),
        ('high = "P3D"', 'high = "PT12H"'),
        ("deciders = [", "deciders = []\nsteps_unused = ["),
    ],
)
def test_what_is_not_open_to_choice_is_refused(sound: str, unsound: str) -> None:
    """A council cannot set what would break the law or turn a clock round."""
    with pytest.raises(PolicyInvalid):
        parse_policy(changed(sound, unsound))


# ---------------------------------------------------------------- version


def test_version_changes_with_a_setting_and_not_with_a_comment(wenbridge: Policy) -> None:
    """Twelve hexadecimal digits stand for the settings; comments and the order of tables do not count."""
    assert re.fullmatch(r"[0-9a-f]{12}", wenbridge.version)
    assert parse_policy("# a remark\n" + TEXT).version == wenbridge.version
    lease = '[lease]\nlasts = "PT60S"\nrenewed_every = "PT20S"\n'
    assert parse_policy(changed(lease, "") + "\n" + lease).version == wenbridge.version
    assert parse_policy(changed('few_hours = "4 w', 'few_hours = "5 w')).version != wenbridge.version


# ---------------------------------------------------------------- problems, with their lines


@pytest.mark.parametrize(
    ("sound", "unsound", "said"),
    [
        ('few_hours = "4 working hours"', 'few_hours = "soon"', 'gaps.GAP-02.few_hours: write a duration as "P14D"'),
        ('month = "P28D"', 'month = "P1M"', "gaps.GAP-16.month: months and years are not one length"),
        ('lead = "team-leader"', 'lead = "team-leader"\ncolour = "red"', "teams[1].colour is not a setting"),
        ("daily_budget = 12", "daly_budget = 12", 'notices.daly_budget is not a setting; did you mean "daily_budget"?'),
        ("daily_budget = 12", 'daily_budget = "a dozen"', "notices.daily_budget: input should be a valid integer"),
        ("daily_budget = 12", "daily_budget = true", "notices.daily_budget: input should be a valid integer"),
        ("attachments = 100", 'attachments = "100"', "mail.attachments: input should be a valid integer"),
        (
            '{ team = "duty", within = "1 w',
            '{ team = "dutty", within = "1 w',
            'there is no team "dutty"; did you mean "duty"?',
        ),
        (
            '{ role = "complaints", w',
            '{ role = "grumbles", w',
            "queues.complaint.role is not a role; the roles are duty-worker",
        ),
        (
            '{ role = "complaints", w',
            '{ role = "complaints", team = "duty", w',
            "queues.complaint: name a role or a team",
        ),
        ('{ role = "complaints", w', "{ w", "queues.complaint: name a role or a team"),
        ("\nduty-worker = ", "\ndutyworker = ", "role_names.dutyworker is not a role"),
        ('parked_case = "team-manager"', 'parked_case = "boss"', "alarms.parked_case is not a role"),
        (
            '{ after = "3 working days", to = "team-m',
            '{ after = "2 working days", to = "team-m',
            "must come later than the one before",
        ),
        (
            'remind_after = "1 working day"',
            'remind_after = "5 working days"',
            "remind_after must come before the first step",
        ),
        (
            '{ after = "5 working days", to = "strategic-manager" }',
            '{ after = "5 working days", to = "owner" }',
            "work_items.default.escalate[2].to is not a role",
        ),
        ('id = "rowan"', 'id = "hazel"', 'the team "hazel" stands here for the second time'),
        ('id = "rowan"', 'id = "Rowan Team"', "teams[2].id: string should match pattern"),
        (
            'monday = { opens = "08:30", closes = "17:00" }',
            'monday = { opens = "17:30", closes = "17:00" }',
            "open before it closes",
        ),
        (
            "closure_days = [\n  2026-12-29,",
            'closure_days = [\n  "Tuesday",',
            "calendar.closure_days[0]: input should be a valid date",
        ),
        (
            "extra_bank_holidays = []\nwithdrawn_bank_holidays = []",
            "extra_bank_holidays = [2026-05-08]\nwithdrawn_bank_holidays = [2026-05-08]",
            "extra and a withdrawn",
        ),
        (
            'subject = "We have your message [{reference}]"',
            'subject = "We have {message}"',
            "messages.acknowledgement_email: unknown field message",
        ),
        (
            'subject = "We have your message [{reference}]"',
            'subject = "We have {reference.text}"',
            "a field is not well written",
        ),
        (
            'subject = "We have your message [{reference}]"',
            'subject = "We have {reference"',
            "a field is not well written",
        ),
        ('subject = "{subject}"', 'subject = "{subject}\\nBcc: all"', "the subject must be one line"),
        ('renewed_every = "PT20S"', 'renewed_every = "PT50S"', "renewed_every must be at most half"),
        ('longest_wait = "PT30M"', 'longest_wait = "PT30H"', "must rise"),
        ('digest_times = ["08:45", "13:30"]', "digest_times = []", "notices.digest_times"),
        ("[gaps.GAP-55]", "[gaps.GAP-56]", 'gaps.GAP-56 is not a setting; did you mean "GAP-'),
        (
            'disability_pathway_team = "rowan"',
            'disability_pathway_team = "elm"',
            'gaps.GAP-44.disability_pathway_team: there is no team "elm"',
        ),
    ],
)
def test_problem_is_named_with_its_line(sound: str, unsound: str, said: str) -> None:
    """A slip in the file is named in words, with a line in or just above the passage that has it."""
    text = changed(sound, unsound)
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text)
    found = [problem for problem in refused.value.problems if said in problem.text]
    assert found, str(refused.value)
    first = TEXT[: TEXT.index(sound)].count("\n") + 1
    table = max(
        (number for number, line in enumerate(text.splitlines(), 1) if line.startswith("[") and number <= first),
        default=1,
    )
    assert table <= found[0].line <= first + unsound.count("\n")
    assert "errors.pydantic.dev" not in str(refused.value)


def test_line_of_a_setting_is_its_own_line() -> None:
    """The line is that of the key itself, inside arrays of several lines and inline tables too."""
    text = changed('{ after = "PT3H", to = "team-manager" }', '{ after = "PT3H", to = "captain" }')
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text)
    (problem,) = refused.value.problems
    assert problem.line == line_with(text, "captain")
    assert "work_items.urgent.escalate[1].to" in problem.text


def test_every_problem_is_named_at_once_in_the_order_of_the_file() -> None:
    """Nobody mends a file one error at a time."""
    text = (
        TEXT.replace('lead = "team-leader"', "lead = 7")
        .replace('{ team = "commissioning", within', '{ team = "buyers", within')
        .replace("daily_budget = 12", "daily_budget = 0")
        .replace('month = "P28D"', 'month = "a month"')
        .replace("[alarms]", "[alarm]")
    )
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text, name="wenbridge.toml")
    lines = [problem.line for problem in refused.value.problems]
    assert lines == sorted(lines)
    assert str(refused.value).startswith("Mend wenbridge.toml and check it again:\n  line ")
    for said in ("teams[1].lead", "buyers", "daily_budget", "GAP-16.month", "alarm is not a", "alarms is missing"):
        assert said in str(refused.value)
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[council]\nname = "Wenbridge\n', 2, "this is not TOML"),
        ("[council]\nname = 'a'\nname = 'b'\n", 3, "this is not TOML"),
        ("[council]\nname = [1,\n\n", 2, "this is not TOML"),
        ("[council\n", 1, "this is not TOML"),
    ],
)
def test_text_that_is_no_toml_is_named_with_its_line(text: str, line: int, said: str) -> None:
    """A slip of TOML's own grammar has its line too, at the end of the text as well."""
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(text)
    (problem,) = refused.value.problems
    assert said in problem.text
    assert problem.line == line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"[key]" = 1', "[key] is not a setting"),
        (f"a = {'9' * 5_000}", "line 1: a number in it has thousands of digits"),
        (f"a = {'[' * 3_000}", "line 1: something in it is nested too deeply"),
        (f"{'.'.join('a' * 1_500)} = 1", "line 1: something in it is nested too deeply"),
    ],
    ids=["an-odd-name", "a-long-number", "many-brackets", "many-keys"],
)
def test_what_no_policy_can_have_is_named_and_no_crash(line: str, said: str) -> None:
    """Sound TOML or not, whatever stands in the file is answered with what to mend."""
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(f"{line}\n{TEXT}")
    assert said in str(refused.value)


def test_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """A missing file and one that is no text are named, not shown as a crash."""
    with pytest.raises(PolicyInvalid, match="cannot be read: No such file"):
        load_policy(tmp_path / "absent.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyInvalid, match="UTF-8"):
        load_policy(tmp_path / "binary.toml")


def test_file_saved_on_windows_is_read(tmp_path: Path, wenbridge: Policy) -> None:
    """A byte order mark and Windows line ends change nothing."""
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert load_policy(path).version == wenbridge.version


@pytest.mark.parametrize("text", ["", "teams = 3\nqueues = 4\ngaps = 5\n", "teams = [1, {}]\n[queues]\ninvoice = 1\n"])
def test_file_of_the_wrong_shape_is_refused_and_not_a_crash(text: str) -> None:
    """Whatever stands in the file, the answer is a list of problems."""
    with pytest.raises(PolicyInvalid, match="council is missing"):
        parse_policy(text)


def test_lines_are_found_in_every_form_of_toml() -> None:
    """Dotted and quoted keys, arrays of tables, strings over several lines, comments: each key has its line."""
    text = '''# [not.a.table]
top."quoted key".x = """
[not.a.table]
a = 1 \\""" """

[[box]]
name = 'it''s' # ]
'''.replace("''s", "s") + '''
[box.lid]
colour = "re\\"d]" # = { [
[[box]]
list = [ # [
  1, [2, "]"],
  { a = '}', b = { c = 1979-05-27T07:32:00Z } },
]
[box.lid]
text = \'\'\'
k = 1\'\'\'
last = 3
'''  # fmt: skip
    tomllib.loads(text)
    lines = lines_of(text)
    places: dict[tuple[str | int, ...], str] = {
        ("top", "quoted key", "x"): "top.",
        ("box", 0, "name"): "name =",
        ("box", 0, "lid", "colour"): "colour",
        ("box", 1, "list", 1, 1): "1, [2",
        ("box", 1, "list", 2, "b", "c"): "1979",
        ("box", 1, "lid", "text"): "text =",
        ("box", 1, "lid", "last"): "last",
    }
    for path, passage in places.items():
        assert lines[path] == line_with(text, passage), path
    assert ("not",) not in lines and ("a",) not in lines


def test_every_setting_of_the_example_has_a_line() -> None:
    """No key of the example council's file is without its line, and each line has the key on it."""
    lines, rows = lines_of(TEXT), TEXT.splitlines()

    def walk(value: object, path: tuple[str | int, ...]) -> None:
        if path:
            assert path in lines, path
            if isinstance(path[-1], str):
                assert path[-1] in rows[lines[path] - 1]
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, (*path, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, (*path, index))

    walk(tomllib.loads(TEXT), ())


# ---------------------------------------------------------------- parts


def test_message_is_written_from_named_fields(wenbridge: Policy) -> None:
    """An acknowledgement carries its fields; a missing one is refused before anything is sent."""
    template = wenbridge.messages.acknowledgement_letter
    fields = {
        "reference": "7K3Q-9PXM",
        "received_on": "Monday 30 November 2026",
        "answer_by": "Tuesday 1 December 2026, 5pm",
        "team": "Adult Social Care Duty",
        "telephone": "01632 960 100",
        "out_of_hours": "01632 960 999",
        "council": "Wenbridge Council",
    }
    wording = template.write(**fields)
    assert wording.subject == "Your letter of Monday 30 November 2026"
    assert "7K3Q-9PXM" in wording.body and "{" not in wording.body
    del fields["telephone"]
    with pytest.raises(TemplateFieldMissing, match="telephone"):
        template.write(**fields)


def test_line_break_in_a_field_cannot_add_a_header() -> None:
    """A subject stays one line whatever is put into it."""
    wording = Template(subject="About {matter}", body="{matter}").write(matter="it\r\nBcc: all")
    assert wording.subject == "About it Bcc: all"


def test_field_that_looks_like_a_field_is_not_filled_again() -> None:
    """Braces inside a field's text stay as they are."""
    assert Template(subject="x", body="{matter}").write(matter="{council}").body == "{council}"


def test_quiet_hours_may_pass_midnight(wenbridge: Policy) -> None:
    """Quiet from six in the evening to eight in the morning; never for whoever is on call."""
    quiet = wenbridge.notices.quiet_for(Role.DUTY_WORKER)
    assert quiet.cover(time(18)) and quiet.cover(time(3)) and not quiet.cover(time(8)) and not quiet.cover(time(12))
    on_call = wenbridge.notices.quiet_for(Role.ON_CALL_MANAGER)
    assert not any(on_call.cover(time(hour)) for hour in range(24))
    assert QuietHours(starts=time(1), ends=time(5)).cover(time(4, 59))


def test_retries_wait_longer_each_time_up_to_its_limit() -> None:
    """Retries come after 30 seconds, a minute, two minutes and so on, at most an hour apart."""
    outbox = Outbox()
    waits = [outbox.wait_before(attempt) for attempt in range(1, 12)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert all(sooner <= later for sooner, later in pairwise(waits))
    assert waits[-1] == outbox.wait_before(10_000) == timedelta(hours=1)
    assert [Steps().wait_before(attempt).total_seconds() for attempt in (1, 2, 3, 9)] == [5, 20, 80, 600]
    with pytest.raises(ValueError, match="from 1"):
        outbox.wait_before(0)


def test_line_of_management_runs_from_team_leader_to_head_of_service() -> None:
    """Each manager outranks those below; equals and roles beside the line outrank nobody."""
    line = [
        Role.DUTY_WORKER,
        Role.TEAM_LEADER,
        Role.TEAM_MANAGER,
        Role.STRATEGIC_MANAGER,
        Role.HEAD_OF_SERVICE,
    ]
    for lower, higher in pairwise(line):
        assert higher.outranks(lower) and not lower.outranks(higher)
    assert not Role.PRACTITIONER.outranks(Role.DUTY_WORKER)
    assert not Role.HEAD_OF_SERVICE.outranks(Role.LEGAL) and not Role.LEGAL.outranks(Role.DUTY_WORKER)
    assert [role for role in Role if role.is_manager] == line[1:]


@pytest.mark.parametrize(
    ("was", "now", "problem"),
    [
        ('team = "commissioning"\narr', 'team = "nowhere"\narr', 'moves.pathways.*no team "nowhere"'),
        ('pathway = "another"', 'pathway = "out-of-area"', "a pathway stands there twice"),
        ('[contingency]\nowner = "head-of-service"', "[contingency]", "contingency: owner is missing"),
        ('team = "commissioning"\narrangements', "arrangements", "name a role or a team, and not both"),
    ],
)
def test_moves_and_plans_say_who_decided_and_name_what_there_is(was: str, now: str, problem: str) -> None:
    """A pathway has one receiver that exists, and stands there once; a local decision has an owner and a date."""
    with pytest.raises(PolicyInvalid, match=problem):
        parse_policy(changed(was, now))
