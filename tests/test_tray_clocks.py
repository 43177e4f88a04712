"""The clocks of who waits on the tray: how often they are contacted, and when their waiting is too long."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.example_council import example_policy, example_policy_text
from models.decision_tables.levels import Priority, Rag
from models.due_rules import DueBy, UnknownDueRule, due_under
from models.durations import Duration, calendar_days
from models.policy import Policy, PolicyInvalid, parse_policy
from models.tray_clocks import URGENT, contact_asked, contact_due, limit
from models.working_time import LONDON, local_day, months_after

COLOURS = [Rag.RED, Rag.AMBER, Rag.GREEN, None]
DAYS = {Rag.RED: 7, Rag.AMBER: 14, Rag.GREEN: 28, None: 14}
LIMITS = {"warn": 21, "breach": 28, "red-strategic": 14, "red-head": 28}


def at(moment: str) -> datetime:
    """A moment on the wall clock in England: "2026-01-05 09:00"."""
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(UTC)


def with_settings(*changes: tuple[str, str]) -> Policy:
    """The example council's policy with some lines written otherwise."""
    text = example_policy_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_policy(text, "policy.toml")


def hours(colour: Rag | None, since: str, policy: Policy | None = None) -> tuple[str, str]:
    """When the next contact is asked for and when it is due, in words; counted from a moment."""
    policy = policy or example_policy()
    both = (contact_asked(colour, at(since)), contact_due(colour, at(since)))
    asked, due = (f"{one.under(policy).astimezone(LONDON):%a %Y-%m-%d %H:%M}" for one in both)
    return asked, due


def due(rule: DueBy, policy: Policy | None = None) -> str:
    """When that is due, in words."""
    return f"{rule.under(policy or example_policy()).astimezone(LONDON):%a %Y-%m-%d %H:%M}"


# ------------------------------------------------------------------ by colour


@pytest.mark.clauses("PWT-54", "PWT-56", "PWT-57", "GAP-12", "GAP-14", "GAP-16")
@pytest.mark.parametrize(
    ("colour", "asked", "wanted"),
    [
        (Rag.RED, "Mon 2026-01-12 08:30", "Mon 2026-01-12 17:00"),
        (Rag.AMBER, "Mon 2026-01-19 08:30", "Mon 2026-01-19 17:00"),
        (Rag.GREEN, "Mon 2026-02-02 08:30", "Mon 2026-02-02 17:00"),
        (None, "Mon 2026-01-19 08:30", "Mon 2026-01-19 17:00"),
    ],
)
def test_each_colour_has_its_rhythm(colour: Rag | None, asked: str, wanted: str) -> None:
    """Red weekly, Amber and whoever is not rated fortnightly, Green after four weeks; asked for on that morning."""
    assert hours(colour, "2026-01-05 09:00") == (asked, wanted)


@pytest.mark.parametrize("hour", ["00:00", "08:29", "12:00", "23:59"])
def test_the_hour_of_the_last_contact_does_not_matter(hour: str) -> None:
    """Days count as days: whoever was reached at night is due by closing all the same."""
    assert hours(Rag.AMBER, f"2026-01-05 {hour}")[1] == "Mon 2026-01-19 17:00"


@pytest.mark.clauses("GAP-51")
@pytest.mark.parametrize("colour", COLOURS)
def test_a_contact_that_would_fall_on_a_weekend_comes_on_the_friday(colour: Rag | None) -> None:
    """Reached on a Saturday by out of hours: the same weekday later is closed, and the Friday before is open."""
    asked, wanted = hours(colour, "2026-01-10 11:00")

    friday = date(2026, 1, 10) + timedelta(days=DAYS[colour] - 1)
    assert (asked, wanted) == (f"Fri {friday} 08:30", f"Fri {friday} 16:30")


def test_what_was_due_before_holds_whatever_a_new_colour_says() -> None:
    """Re-rated to Green on the day before an Amber contact was due: it stays due on that day."""
    was_due = contact_due(Rag.AMBER, at("2026-01-05 09:00")).under(example_policy())
    re_rated = contact_due(Rag.GREEN, at("2026-01-18 09:00"), was_due)

    assert due(re_rated) == "Mon 2026-01-19 17:00"
    assert due_under(example_policy(), re_rated.since, re_rated.setting()) == was_due


# ------------------------------------------------------------------ Christmas, Easter, clocks, leap day


@pytest.mark.clauses("GAP-51")
@pytest.mark.parametrize(
    ("colour", "since", "wanted"),
    [
        # The office closes on Thursday 24 December 2026 and opens on Monday 4 January 2027.
        (Rag.RED, "2026-12-16 10:00", "Wed 2026-12-23 17:00"),
        (Rag.RED, "2026-12-17 10:00", "Thu 2026-12-24 17:00"),
        (Rag.RED, "2026-12-18 10:00", "Thu 2026-12-24 17:00"),
        (Rag.RED, "2026-12-22 10:00", "Thu 2026-12-24 17:00"),
        (Rag.RED, "2026-12-23 10:00", "Thu 2026-12-24 17:00"),
        (Rag.RED, "2026-12-28 10:00", "Mon 2027-01-04 17:00"),
        (Rag.AMBER, "2026-12-10 10:00", "Thu 2026-12-24 17:00"),
        (Rag.AMBER, "2026-12-14 10:00", "Thu 2026-12-24 17:00"),
        (Rag.AMBER, "2026-12-18 10:00", "Thu 2026-12-24 17:00"),
        (Rag.AMBER, "2026-12-21 10:00", "Mon 2027-01-04 17:00"),
        (Rag.GREEN, "2026-11-27 10:00", "Thu 2026-12-24 17:00"),
        (Rag.GREEN, "2026-12-06 10:00", "Thu 2026-12-24 17:00"),
        (Rag.GREEN, "2026-12-07 10:00", "Mon 2027-01-04 17:00"),
        (None, "2026-12-18 10:00", "Thu 2026-12-24 17:00"),
    ],
)
def test_over_christmas_contacts_come_before_the_closure(colour: Rag | None, since: str, wanted: str) -> None:
    """What would fall into the closure comes on the last open day; Reds are checked before it in any case."""
    assert hours(colour, since)[1] == wanted


@pytest.mark.clauses("GAP-51")
def test_red_reached_on_the_last_open_day_is_for_out_of_hours_within_the_week() -> None:
    """No open day lies between: the contact stays on its day, closed as it is, at the hours of an open one."""
    assert hours(Rag.RED, "2026-12-24 10:00") == ("Thu 2026-12-31 08:30", "Thu 2026-12-31 17:00")


@pytest.mark.clauses("GAP-51")
@pytest.mark.parametrize(
    ("colour", "since", "wanted"),
    [
        # Closed from Good Friday 3 April to Easter Monday 6 April 2026.
        (Rag.RED, "2026-03-26 10:00", "Thu 2026-04-02 17:00"),
        (Rag.RED, "2026-03-27 10:00", "Thu 2026-04-02 17:00"),
        (Rag.RED, "2026-03-31 10:00", "Thu 2026-04-02 17:00"),
        (Rag.RED, "2026-04-01 10:00", "Thu 2026-04-02 17:00"),
        (Rag.RED, "2026-04-02 10:00", "Thu 2026-04-09 17:00"),
        (Rag.AMBER, "2026-03-20 10:00", "Thu 2026-04-02 17:00"),
        (Rag.AMBER, "2026-03-24 10:00", "Tue 2026-04-07 17:00"),
        (Rag.GREEN, "2026-03-09 10:00", "Thu 2026-04-02 17:00"),
    ],
)
def test_over_easter_contacts_come_on_maundy_thursday(colour: Rag, since: str, wanted: str) -> None:
    """Four closed days are a shutdown: a Red due on the Tuesday after it is checked before; an Amber is not."""
    assert hours(colour, since)[1] == wanted


@pytest.mark.clauses("GAP-51")
def test_a_weekend_is_no_shutdown_and_a_bank_holiday_weekend_is_one() -> None:
    """Two closed days are none; with the Monday of early May there are three, and the Red is checked on the Friday."""
    assert hours(Rag.RED, "2026-04-21 10:00")[1] == "Tue 2026-04-28 17:00"
    assert hours(Rag.RED, "2026-04-28 10:00")[1] == "Fri 2026-05-01 16:30"


@pytest.mark.parametrize(
    ("since", "wanted"),
    [
        ("2026-03-15 10:00", "2026-03-27 16:30 GMT"),  # Sunday the 29th, when the clocks go forward, is closed
        ("2026-03-16 10:00", "2026-03-30 17:00 BST"),
        ("2026-10-11 10:00", "2026-10-23 16:30 BST"),
        ("2026-10-12 10:00", "2026-10-26 17:00 GMT"),
    ],
)
def test_clock_changes_move_nothing(since: str, wanted: str) -> None:
    """A contact is due when the office closes on the wall clock, before and after the clocks change."""
    moment = contact_due(Rag.AMBER, at(since)).under(example_policy()).astimezone(LONDON)
    assert f"{moment:%Y-%m-%d %H:%M %Z}" == wanted


def test_a_leap_day_counts_like_any_day() -> None:
    """29 February 2028 is a Tuesday: it can be due on it, and be counted from it."""
    assert hours(Rag.RED, "2028-02-22 10:00")[1] == "Tue 2028-02-29 17:00"
    assert hours(Rag.RED, "2028-02-29 10:00")[1] == "Tue 2028-03-07 17:00"
    assert hours(Rag.GREEN, "2028-02-29 10:00")[1] == "Tue 2028-03-28 17:00"


# ------------------------------------------------------------------ what a council may decide otherwise


@pytest.mark.clauses("GAP-16", "PWT-55")
@pytest.mark.parametrize(
    ("since", "wanted", "without"),
    [
        ("2026-02-02 10:00", "Mon 2026-03-02 17:00", "Fri 2026-03-06 16:30"),  # 33 days later is Saturday 7 March
        ("2026-01-31 10:00", "Fri 2026-02-27 16:30", "Thu 2026-03-05 17:00"),  # there is no 31 February
        ("2028-01-31 10:00", "Tue 2028-02-29 17:00", "Fri 2028-03-03 16:30"),
    ],
)
def test_a_month_is_never_later_than_the_calendar_month(since: str, wanted: str, without: str) -> None:
    """With 33 days for a month the calendar month comes first, unless the council takes that cap away."""
    longer = with_settings(('month = "P28D"', 'month = "P33D"'))
    uncapped = with_settings(
        ('month = "P28D"', 'month = "P33D"'),
        ("never_later_than_calendar_month = true", "never_later_than_calendar_month = false"),
    )

    assert hours(Rag.GREEN, since, longer)[1] == wanted
    assert hours(Rag.GREEN, since, uncapped)[1] == without


@pytest.mark.clauses("PWT-55")
@pytest.mark.parametrize("length", ["P60D", "PT1440H"])
def test_no_colour_is_contacted_less_often_than_once_a_month(length: str) -> None:
    """Two months for an Amber, in days or in hours, are four weeks all the same."""
    seldom = with_settings(('fortnight = "P14D"', f'fortnight = "{length}"'))
    assert hours(Rag.AMBER, "2026-01-05 09:00", seldom)[1] == "Mon 2026-02-02 17:00"


@pytest.mark.clauses("GAP-51")
def test_a_council_may_leave_contacts_on_closed_days() -> None:
    """Then a Saturday's contact is for out of hours; a Red is still checked before a shutdown."""
    on_its_day = with_settings(
        ("safety_comes_earlier_on_closed_days = true", "safety_comes_earlier_on_closed_days = false")
    )
    assert hours(Rag.AMBER, "2026-01-10 11:00", on_its_day)[1] == "Sat 2026-01-24 17:00"
    assert hours(Rag.RED, "2026-12-21 10:00", on_its_day)[1] == "Thu 2026-12-24 17:00"
    assert due(limit("warn", at("2026-01-10 11:00")), on_its_day) == "Sat 2026-01-31 08:30"
    assert due(limit("priority", at("2026-01-09 11:00"), URGENT), on_its_day) == "Sat 2026-01-10 11:00"


@pytest.mark.clauses("GAP-51")
def test_a_council_may_leave_reds_over_a_shutdown() -> None:
    """Then Easter moves only what would fall on a closed day."""
    unchecked = with_settings(("reds_checked_before_shutdown = true", "reds_checked_before_shutdown = false"))
    assert hours(Rag.RED, "2026-03-31 10:00", unchecked)[1] == "Tue 2026-04-07 17:00"
    assert hours(Rag.RED, "2026-03-30 10:00", unchecked)[1] == "Thu 2026-04-02 17:00"


@pytest.mark.clauses("GAP-51")
def test_a_council_says_how_many_closed_days_make_a_shutdown() -> None:
    """With five, Easter is none and Christmas still is; with two, every weekend is one."""
    of_five = with_settings(("shutdown_from_closed_days = 3", "shutdown_from_closed_days = 5"))
    assert hours(Rag.RED, "2026-03-31 10:00", of_five)[1] == "Tue 2026-04-07 17:00"
    assert hours(Rag.RED, "2026-12-28 10:00", of_five)[1] == "Mon 2027-01-04 17:00"
    assert hours(Rag.RED, "2026-12-17 10:00", of_five)[1] == "Thu 2026-12-24 17:00"
    of_two = with_settings(("shutdown_from_closed_days = 3", "shutdown_from_closed_days = 2"))
    assert hours(Rag.RED, "2026-04-21 10:00", of_two)[1] == "Fri 2026-04-24 16:30"


@pytest.mark.clauses("GAP-12", "GAP-14")
@pytest.mark.parametrize(
    ("colour", "old", "new"),
    [
        (Rag.RED, 'red_contact_every = "P7D"', 'red_contact_every = "P3D"'),
        (Rag.AMBER, 'fortnight = "P14D"', 'fortnight = "P3D"'),
        (Rag.GREEN, 'month = "P28D"', 'month = "P3D"'),
        (None, 'unrated_contact_every = "P14D"', 'unrated_contact_every = "P3D"'),
    ],
)
def test_a_council_sets_each_rhythm(colour: Rag | None, old: str, new: str) -> None:
    """Another length in the policy, and nothing else."""
    assert hours(colour, "2026-01-05 09:00", with_settings((old, new)))[1] == "Thu 2026-01-08 17:00"


@pytest.mark.clauses("GAP-51")
@pytest.mark.parametrize(
    "old",
    ['red_contact_every = "P7D"', 'fortnight = "P14D"', 'month = "P28D"', 'unrated_contact_every = "P14D"'],
)
def test_a_rhythm_in_working_time_is_refused(old: str) -> None:
    """Over Christmas five working days are more than two weeks."""
    name, _, _ = old.partition(" ")
    with pytest.raises(PolicyInvalid, match="keeps somebody safe and runs in calendar time"):
        with_settings((old, f'{name} = "5 working days"'))


# ------------------------------------------------------------------ lengths with hours and seconds in them


@pytest.mark.parametrize("since", ["2026-01-05 09:00", "2026-01-10 11:00", "2026-12-24 16:59", "2026-01-05 23:59"])
def test_seconds_in_place_of_days_run_by_the_clock(since: str) -> None:
    """Ten seconds after the last contact it is due, on a Saturday and at midnight too; asked for half-way there."""
    quick = with_settings(
        ('red_contact_every = "P7D"', 'red_contact_every = "PT10S"'), ('month = "P28D"', 'month = "PT40S"')
    )

    for colour, seconds in ((Rag.RED, 10), (Rag.GREEN, 40)):
        assert contact_due(colour, at(since)).under(quick) == at(since) + timedelta(seconds=seconds)
        assert contact_asked(colour, at(since)).under(quick) == at(since) + timedelta(seconds=seconds / 2)


@pytest.mark.clauses("GAP-51")
def test_a_rhythm_in_hours_comes_earlier_from_closed_days_and_before_shutdowns() -> None:
    """168 hours keep the hour, and are asked for that morning; from a closed day they come to the closing before."""
    in_hours = with_settings(('red_contact_every = "P7D"', 'red_contact_every = "PT168H"'))

    assert hours(Rag.RED, "2026-01-05 10:00", in_hours) == ("Mon 2026-01-12 08:30", "Mon 2026-01-12 10:00")
    assert hours(Rag.RED, "2026-01-10 10:00", in_hours) == ("Fri 2026-01-16 08:30", "Fri 2026-01-16 16:30")
    assert hours(Rag.RED, "2026-03-31 10:00", in_hours) == ("Thu 2026-04-02 08:30", "Thu 2026-04-02 17:00")


# ------------------------------------------------------------------ limits of waiting, priorities


@pytest.mark.clauses("GAP-15", "GAP-17", "PWT-11", "PWT-61")
@pytest.mark.parametrize(("name", "days"), LIMITS.items())
def test_a_limit_is_met_as_the_office_opens_on_its_day(name: str, days: int) -> None:
    """Day 21 warns and day 28 is too long; a Red goes up on day 14 and on day 28. In the morning, to be used."""
    on = date(2026, 1, 5) + timedelta(days=days)
    assert due(limit(name, at("2026-01-05 16:00"))) == f"Mon {on} 08:30"
    assert due(limit(name, at("2026-01-04 16:00"))) == f"Fri {on - timedelta(days=3)} 08:30"


@pytest.mark.clauses("GAP-15", "GAP-17")
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("warn", 'warn_after = "P21D"', 'warn_after = "P3D"'),
        ("breach", 'breach_after = "P28D"', 'breach_after = "P24D"'),
        ("red-strategic", 'red_to_strategic_manager_after = "P14D"', 'red_to_strategic_manager_after = "P3D"'),
        ("red-head", 'red_to_head_of_service_after = "P28D"', 'red_to_head_of_service_after = "P24D"'),
    ],
)
def test_a_council_sets_each_limit(name: str, old: str, new: str) -> None:
    """Another length in the policy, and nothing else."""
    days = 3 if "P3D" in new else 24
    expected = date(2026, 1, 5) + timedelta(days=days)
    assert due(limit(name, at("2026-01-05 16:00")), with_settings((old, new))) == f"{expected:%a} {expected} 08:30"


def test_a_limit_in_seconds_runs_by_the_clock() -> None:
    """As in a show of the whole waiting within a minute."""
    quick = with_settings(('warn_after = "P21D"', 'warn_after = "PT21S"'))
    assert limit("warn", at("2026-01-10 11:00")).under(quick) == at("2026-01-10 11:00") + timedelta(seconds=21)


@pytest.mark.clauses("GAP-25", "PWT-64", "PWT-65", "PWT-66", "PWT-67")
@pytest.mark.parametrize(
    ("word", "since", "wanted"),
    [
        (URGENT, "2026-01-05 15:00", "Tue 2026-01-06 15:00"),
        (URGENT, "2026-01-09 15:00", "Fri 2026-01-09 16:30"),  # Saturday is closed: before the Friday is over
        (URGENT, "2026-01-09 16:45", "Sat 2026-01-10 16:45"),  # the Friday is over: out of hours
        (Priority.HIGH, "2026-01-05 15:00", "Thu 2026-01-08 15:00"),
        (Priority.HIGH, "2026-01-07 15:00", "Fri 2026-01-09 16:30"),
        (Priority.MEDIUM, "2026-01-05 15:00", "Mon 2026-01-19 15:00"),
        (Priority.LOW, "2026-01-05 15:00", "Mon 2026-02-02 15:00"),
    ],
)
def test_each_priority_has_its_deadline(word: str, since: str, wanted: str) -> None:
    """Urgent within 24 hours, High in three days, Medium in fourteen, Low in twenty-eight; closed days come earlier."""
    assert due(limit("priority", at(since), word)) == wanted


@pytest.mark.clauses("GAP-25")
@pytest.mark.parametrize(
    ("word", "old", "new"),
    [
        (URGENT, 'urgent = "PT24H"', 'urgent = "PT23H"'),
        (Priority.HIGH, 'high = "P3D"', 'high = "P2D"'),
        (Priority.MEDIUM, 'medium = "P14D"', 'medium = "P13D"'),
        (Priority.LOW, 'low = "P28D"', 'low = "P27D"'),
    ],
)
def test_a_council_sets_each_priority(word: str, old: str, new: str) -> None:
    """Each has a setting of its own."""
    since = at("2026-01-06 10:00")
    shorter = limit("priority", since, word).under(with_settings((old, new)))
    assert shorter < limit("priority", since, word).under(example_policy())


@pytest.mark.clauses("GAP-14")
def test_an_imported_case_is_rated_within_five_days() -> None:
    """Monday's list by Friday's closing, as day five is a Saturday."""
    assert due(limit("rating", at("2026-01-05 10:00"))) == "Fri 2026-01-09 16:30"
    sooner = with_settings(('imported_rated_within = "P5D"', 'imported_rated_within = "P2D"'))
    assert due(limit("rating", at("2026-01-05 10:00")), sooner) == "Wed 2026-01-07 10:00"


def test_a_rule_that_this_version_does_not_have_says_what_to_do() -> None:
    """Neither a due time nor a guess."""
    with pytest.raises(UnknownDueRule, match="install the version that opened it"):
        limit("patience", at("2026-01-05 10:00")).under(example_policy())


# ------------------------------------------------------------------ whatever the day

FLAGS = st.fixed_dictionaries(
    {
        "safety_comes_earlier_on_closed_days": st.booleans(),
        "reds_checked_before_shutdown": st.booleans(),
        "shutdown_from_closed_days": st.integers(2, 14),
    }
)
MOMENTS = st.integers(0, 3 * 366 * 24 * 60).map(lambda count: at("2026-01-01 00:00") + timedelta(minutes=count))
LENGTHS = st.one_of(
    st.integers(1, 60).map(calendar_days),
    st.integers(1, 60 * 24 * 40).map(lambda count: Duration.parse(f"PT{count}M")),
)


def policy_of(lengths: dict[Rag | None, Duration], flags: dict[str, Any], capped: bool) -> Policy:
    """The example policy with these rhythms and flags."""
    gaps = example_policy().gaps
    months = {"fortnight": lengths[Rag.AMBER], "month": lengths[Rag.GREEN], "never_later_than_calendar_month": capped}
    changed = {
        "red_contact": gaps.red_contact.model_copy(update={"red_contact_every": lengths[Rag.RED]}),
        "compulsory_rating": gaps.compulsory_rating.model_copy(update={"unrated_contact_every": lengths[None]}),
        "months": gaps.months.model_copy(update=months),
        "time_kinds": gaps.time_kinds.model_copy(update=flags),
    }
    return example_policy().model_copy(update={"gaps": gaps.model_copy(update=changed)})


@pytest.mark.clauses("PWT-54", "PWT-55", "GAP-12", "GAP-14", "GAP-16", "GAP-51")
@settings(max_examples=400, deadline=None)
@given(
    since=MOMENTS,
    colour=st.sampled_from(COLOURS),
    lengths=st.fixed_dictionaries(dict.fromkeys(COLOURS, LENGTHS)),
    flags=FLAGS,
    capped=st.booleans(),
)
def test_no_contact_is_due_later_than_its_colour_allows(
    since: datetime,
    colour: Rag | None,
    lengths: dict[Rag | None, Duration],
    flags: dict[str, Any],
    capped: bool,
) -> None:
    """
    Whatever the day, the rhythm and the flags.

    Due after the last contact, by the end of its day at the latest, within a month, asked for before it is due; and on
    an open day unless none lies between, where policy has safety come earlier.
    """
    policy = policy_of(lengths, flags, capped)
    calendar, begun, length = policy.working_calendar(), local_day(since), lengths[colour]
    due, asked = contact_due(colour, since).under(policy), contact_asked(colour, since).under(policy)
    day = local_day(due)

    latest = calendar.add(since, length) if length.time else end_of(begun + timedelta(days=length.days))
    assert due <= latest
    if capped:
        assert day <= months_after(begun, 1)
    if not lengths[Rag.GREEN].time:
        assert day <= begun + timedelta(days=lengths[Rag.GREEN].days)
    assert since < asked <= due
    if not length.time:
        assert begun < day == local_day(asked)
    open_between = [one for one in days_between(begun, day) if calendar.is_working_day(one)]
    if flags["safety_comes_earlier_on_closed_days"] and not length.time:
        assert calendar.is_working_day(day) or not open_between
    if colour is Rag.RED and flags["reds_checked_before_shutdown"]:
        closed = flags["shutdown_from_closed_days"]
        for one in open_between:
            if one < day:
                assert (calendar.next_working_day(one) - one).days - 1 < closed, "a shutdown lies between"


def end_of(day: date) -> datetime:
    """When the office closes at the latest on any day of the week."""
    return datetime.combine(day, time(17), tzinfo=LONDON).astimezone(UTC)


def days_between(begun: date, day: date) -> list[date]:
    """The days after `begun`, up to and with `day`."""
    return [begun + timedelta(days=count) for count in range(1, (day - begun).days + 1)]


@settings(max_examples=200, deadline=None)
@given(since=MOMENTS, name=st.sampled_from(sorted(LIMITS)))
def test_no_limit_comes_later_than_its_day_or_on_a_closed_one(since: datetime, name: str) -> None:
    """Within the year's whole calendar a limit is met on an open day, at opening, and not after its day."""
    policy = example_policy()
    met = limit(name, since).under(policy)

    assert local_day(since) < local_day(met) <= local_day(since) + timedelta(days=LIMITS[name])
    assert met == policy.working_calendar().opening_time(local_day(met))


@settings(max_examples=200, deadline=None)
@given(since=MOMENTS, word=st.sampled_from([URGENT, *Priority]))
def test_no_priority_is_met_later_than_its_deadline(since: datetime, word: str) -> None:
    """Never before its start, never after so much calendar time."""
    policy = example_policy()
    deadlines = policy.gaps.priority_deadlines
    lengths = {URGENT: deadlines.urgent, Priority.HIGH: deadlines.high, Priority.MEDIUM: deadlines.medium}
    length = lengths.get(word, deadlines.low)

    assert since < limit("priority", since, word).under(policy) <= policy.working_calendar().add(since, length)
