"""How single fields, conditions and problems of forms behave, on forms that people know."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from datetime import datetime, time
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

import models.forms
from deployments.worklist.forms import (
    Choice,
    Field,
    Problem,
    UnknownKind,
    changed_by_button,
    checked,
    fields_of,
    guidance,
    in_words,
    pairs_from,
    problems_from,
    problems_of,
    read,
    render,
    summary,
)
from deployments.worklist.forms.kinds import OneOf, SeveralOf, Tick, YesNo
from deployments.worklist.looks import environment
from models.forms.base import Form, RegisterKind
from models.forms.breach import BreachConsequences, BreachFound
from models.forms.contact_resolution import SettledAtDuty
from models.forms.disclosure import CaldicottVerdict
from models.forms.follow_up import FollowUpReport
from models.forms.handover import HandoverAnswer
from models.forms.house import StepAttention
from models.forms.recording import DifferencesSeen
from models.forms.telling_people import PersonToBeTold
from models.forms.tray_decision import TrayDecision
from models.forms.tray_rating import RatingFacts
from models.forms.tray_signals import DayAgreed
from models.forms.tray_triage import Referral, SafeguardingCheck, Triage
from models.forms.tray_waiting import ContactReview
from models.forms.written_contact import ContactSorting
from models.reablement.edits import VisitEdit
from models.reablement.plan import Visit, Weekday
from tests.worklist.form_models import Page

ENVIRONMENT = environment()


def _field(model: type[BaseModel], name: str) -> Field:
    return next(field for field in fields_of(model) if field.name == name)


def _shown(model: type[BaseModel], pairs: list[tuple[str, str]], **more: Any) -> str:
    return str(render(ENVIRONMENT, fields_of(model), pairs, checked(model, pairs).problems, **more))


# ------------------------------------------------------------------ what is asked


def test_yes_or_no_is_asked_where_no_answer_is_another_thing_than_no() -> None:
    """A fact that must be given, or may be unknown, is asked by yes and no; an attestation is a box to tick."""
    assert isinstance(_field(SafeguardingCheck, "concern"), YesNo)
    assert isinstance(_field(ContactReview, "safe_and_well"), YesNo)
    assert isinstance(_field(SafeguardingCheck, "nine_nine_nine_considered"), Tick)


def test_no_to_what_the_referral_says_is_an_answer() -> None:
    """Whether somebody pays for their own care is asked by yes and no, so that No stands in the answer (PWT-19)."""
    assert read(Triage, [("self_funder", "no")]).answer["self_funder"] is False
    assert "self_funder" not in read(Triage, []).answer


def test_yes_and_no_have_no_answer_from_the_start() -> None:
    """Nobody is said to be safe because nobody touched the question."""
    page = Page(_shown(ContactReview, []))
    assert "safe_and_well" not in dict(page.pairs)
    assert dict(page.pairs)["means"] == "telephone"


def test_choices_are_said_in_words_with_their_meaning() -> None:
    """A choice has the words of its value, and the sentence of its member without the clause."""
    outcome = _field(ContactReview, "outcome")
    assert isinstance(outcome, OneOf)
    assert outcome.choices[1] == Choice("reached-person", "Reached person", "")


def test_hints_speak_of_labels_and_not_of_names_in_code() -> None:
    """A name in a docstring becomes the label in quotation marks."""
    assert "“Why nothing could be confirmed”" in _field(models_form("PlacementTold"), "details").hint
    assert _field(ContactReview, "changed").hint.endswith("leave blank where nothing has.")


def test_a_hint_that_only_says_the_label_again_is_left_out() -> None:
    """Nobody hears the same sentence twice; what goes on from it stays."""
    assert _field(Triage, "self_funder").hint == ""
    assert _field(ContactSorting, "kinds").hint == "For a named worker, a new need, a complaint and so on."
    assert _field(ContactSorting, "about_person").hint == "Register id, where they are known."
    assert _field(Triage, "representative").hint.startswith("Who is told in the person's place, and how to reach them")


def test_the_guidance_of_a_form_is_its_docstring_without_clauses() -> None:
    """What stands before a form is what its model says, in paragraphs."""
    assert guidance(ContactSorting)[0] == "What has come, and for whom is it?"


def test_a_field_of_an_unknown_kind_is_refused() -> None:
    """A model that no form can ask for is found when it is written, not when somebody opens it."""

    class Strange(BaseModel):
        mapping: dict[str, int]

    with pytest.raises(UnknownKind, match=r"Strange\.mapping"):
        fields_of(Strange)


def test_fields_that_a_page_sees_to_are_left_out() -> None:
    """Also those inside a part."""
    kept = fields_of(Referral, without=("contact.mail_id", "urgent"))
    contact = next(field for field in kept if field.name == "contact")
    assert "urgent" not in {field.name for field in kept}
    assert "mail_id" not in {field.name for field in getattr(contact, "fields", ())}


def test_what_a_page_gives_itself_is_neither_read_nor_asked_for() -> None:
    """An answer that the page gives holds against whatever was posted under its name."""
    pairs = [*_breach(), ("about_people", "P-104")]
    filled = checked(BreachFound, pairs, given={"about_people": ["P-7"]})
    assert filled.problems == ()
    assert filled.answer["about_people"] == ["P-7"]


def test_ids_that_only_the_council_knows_are_ticked_where_they_are_offered() -> None:
    """A list of ids becomes boxes, and is read alike either way."""
    offered = {"indicators": [Choice("HR-01", "Falls"), Choice("HR-02", "Fire")]}
    field = next(one for one in fields_of(RatingFacts, offered=offered) if one.name == "indicators")
    assert isinstance(field, SeveralOf)
    assert read(RatingFacts, [("indicators", "HR-01"), ("indicators", "HR-02")]).answer["indicators"] == [
        "HR-01",
        "HR-02",
    ]
    assert read(RatingFacts, [("indicators", "HR-01\r\nHR-02\r\n")]).answer["indicators"] == ["HR-01", "HR-02"]


# ------------------------------------------------------------------ days and times


@pytest.mark.parametrize(
    ("day", "month", "year", "said"),
    [
        ("31", "2", "2026", "“The day” must be a real date"),
        ("5", "", "", "“The day” must include a month and a year"),
        ("", "2", "2026", "“The day” must include a day"),
        ("5", "13", "2026", "“The day” must be a real date"),
        ("²", "2", "2026", "“The day” must be a real date"),
        ("5", "2", "26", "“The day”: the year must have 4 numbers"),
    ],
)
def test_a_day_that_is_none_is_said_to_be_none(day: str, month: str, year: str, said: str) -> None:
    """Each way of getting a date wrong has its sentence, and only one is shown."""
    pairs = [("on-day", day), ("on-month", month), ("on-year", year)]
    assert checked(DayAgreed, pairs).problems == (Problem("on", said),)


@pytest.mark.parametrize(("month", "number"), [("11", 11), ("November", 11), ("nov", 11), ("Sept", 9), ("06", 6)])
def test_a_month_may_be_written_as_people_do(month: str, number: int) -> None:
    """By its number or its name."""
    pairs = [("on-day", "5"), ("on-month", month), ("on-year", "2026")]
    assert read(DayAgreed, pairs).answer == {"on": f"2026-{number:02}-05"}


@pytest.mark.parametrize(
    ("time", "meant"),
    [
        ("9:30", "2026-07-06T09:30:00+01:00"),
        ("09.30", "2026-07-06T09:30:00+01:00"),
        ("2pm", "2026-07-06T14:00:00+01:00"),
        ("12:15 am", "2026-07-06T00:15:00+01:00"),
        ("14:05", "2026-07-06T14:05:00+01:00"),
    ],
)
def test_a_time_is_the_wall_clocks_in_london(time: str, meant: str) -> None:
    """In summer it is an hour before UTC."""
    assert read(BreachFound, _breach(day="6", month="7", time=time)).answer["found_at"] == meant


@pytest.mark.parametrize("time", ["25:61", "9", "13pm", "noon", "0am", "24:00", "9:5"])
def test_a_time_that_is_none_is_said_to_be_none(time: str) -> None:
    """And an hour alone is not guessed at."""
    [problem] = checked(BreachFound, _breach(time=time)).problems
    assert problem == Problem(
        "found_at", "“When somebody in the council first knew” must have a real time, such as 9:30 or 14:05"
    )


def test_an_hour_that_the_clocks_show_twice_can_be_told_apart() -> None:
    """On the last Sunday in October the earlier is meant unless GMT is said."""

    def at(time: str) -> Any:
        return read(BreachFound, _breach(day="25", month="10", time=time)).answer["found_at"]

    assert at("1:30") == at("1:30 BST") == "2026-10-25T01:30:00+01:00"
    assert at("1:30 GMT") == "2026-10-25T01:30:00+00:00"


@pytest.mark.parametrize("moment", ["2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"])
def test_either_of_two_hours_is_written_so_that_it_is_read_again(moment: str) -> None:
    """An answer kept from the night on which the clocks go back is shown without moving it by an hour."""
    found = read(BreachFound, pairs_from(BreachFound, {"found_at": moment})).answer["found_at"]
    assert datetime.fromisoformat(found) == datetime.fromisoformat(moment)


def test_an_hour_that_the_clocks_leave_out_is_refused() -> None:
    """On the last Sunday in March nobody found anything at half past one."""
    [problem] = checked(BreachFound, _breach(day="29", month="3", time="1:30")).problems
    assert "the clocks went forward over that time" in problem.sentence


def test_half_a_moment_is_asked_for_whole() -> None:
    """A date without a time, and a time without a date."""
    assert "must include a time" in checked(BreachFound, _breach(time="")).problems[0].sentence
    assert "must include a date" in checked(BreachFound, [("found_at-time", "9:30")]).problems[0].sentence


def _breach(day: str = "5", month: str = "1", time: str = "9:30") -> list[tuple[str, str]]:
    moment = [("found_at-day", day), ("found_at-month", month), ("found_at-year", "2026"), ("found_at-time", time)]
    return [*moment, ("what_happened", "A letter went to the wrong house")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9:30", "09:30:00"), ("9.30am", "09:30:00"), ("2pm", "14:00:00"), ("14:05", "14:05:00"), ("12am", "00:00:00")],
)
def test_a_time_of_day_is_written_as_people_do(typed: str, meant: str) -> None:
    """The time of a visit has no date: it is the same on the wall clock all the year round."""
    assert read(Visit, [("at", typed)]).answer["at"] == meant


@pytest.mark.parametrize("typed", ["25:61", "9", "13pm", "noon", "24:00", "9:30 GMT"])
def test_a_time_of_day_that_is_none_is_said_to_be_none(typed: str) -> None:
    """And neither an hour alone is guessed at, nor a zone taken for a time of every day."""
    [problem] = read(Visit, [("at", typed)]).problems
    assert problem == Problem("at", "“At what time” must be a real time, such as 9:30 or 2pm")


def test_a_time_of_day_is_shown_as_it_is_and_said_in_words() -> None:
    """Its field says how it is typed, holds what is known already, and is read again as the same."""
    evening = Visit(days=frozenset(Weekday), at=time(18, 30), minutes=30, what="Evening meal")
    pairs = pairs_from(Visit, evening)
    page = Page(render(ENVIRONMENT, fields_of(Visit), pairs))

    assert ("at", "18:30") in page.pairs
    assert "Such as 9:30 or 2pm." in render(ENVIRONMENT, fields_of(Visit), ())
    assert dict(in_words(Visit, evening))["At what time"] == "6:30pm"
    assert Visit.model_validate(read(Visit, pairs).answer) == evening


def test_a_time_that_nobody_gives_is_left_out() -> None:
    """What is altered in a visit may leave its time as it is."""
    assert "at" not in read(VisitEdit, [("edit", "alter"), ("item", "V1"), ("at", " "), ("minutes", "30")]).answer


@pytest.mark.parametrize(("minutes", "says"), [("3", "must be 5 or more"), ("900", "must be 720 or less")])
def test_a_number_out_of_bounds_is_told_its_bound(minutes: str, says: str) -> None:
    """That it must be a whole number would help nobody who has typed one."""
    pairs = [*pairs_from(Visit, {"days": ["monday"], "at": "08:00", "what": "Breakfast"}), ("minutes", minutes)]
    assert checked(Visit, pairs).problems == (Problem("minutes", f"“How many minutes” {says}"),)


# ------------------------------------------------------------------ reading


def test_lines_end_as_the_record_has_them() -> None:
    """Browsers send both characters of a line's end; blanks around a text are taken off."""
    answer = read(BreachFound, [("what_happened", "  One\r\ntwo\rthree\n ")]).answer
    assert answer["what_happened"] == "One\ntwo\nthree"


def test_what_is_blank_is_left_out() -> None:
    """Blanks are no answer."""
    assert read(HandoverAnswer, [("reply", "accept"), ("reason", " \r\n ")]).answer == {"reply": "accept"}


def test_numbers_of_lines_may_be_parted_as_people_do() -> None:
    """By commas, blanks or new lines; what is no number is complained of."""
    assert read(DifferencesSeen, [("lines", "1, 4;7\r\n9")]).answer == {"lines": [1, 4, 7, 9]}
    [problem] = read(DifferencesSeen, [("lines", "1, four")]).problems
    assert problem.sentence == "“The lines that were seen to” must be whole numbers, such as 1, 4, 7"


def test_json_is_read_and_what_is_none_is_refused() -> None:
    """The outcome of a step done by hand is any JSON; NaN is none."""
    assert read(StepAttention, [("outcome", '{"a": [1, true]}')]).answer["outcome"] == {"a": [1, True]}
    for text in ("NaN", "{a}", "[" * 100_000):
        [problem] = read(StepAttention, [("outcome", text)]).problems
        assert problem.field_name == "outcome"


def test_a_part_that_nobody_filled_in_is_not_there() -> None:
    """What stands in a part from the start makes no part of it; the first thing written does."""
    untouched = [("decision", "place"), ("facts.disagreement", "none"), ("facts.agencies", "one")]
    assert "facts" not in read(TrayDecision, untouched).answer
    assert read(TrayDecision, [*untouched, ("facts.risk", "high")]).answer["facts"]["risk"] == "high"


def test_parts_are_counted_as_they_are_filled_in() -> None:
    """Blank parts between others fall out, and problems have the place that the page shows."""
    pairs = [("relevant_people.0.name", " "), ("relevant_people.3.name", "Mary"), ("relevant_people.7.name", "Tom")]
    filled = checked(Triage, pairs)
    assert filled.answer["relevant_people"] == [{"name": "Mary"}, {"name": "Tom"}]
    assert {"relevant_people.0.relation", "relevant_people.1.relation"} <= {one.field_name for one in filled.problems}
    page = Page(_shown(Triage, pairs))
    assert ("relevant_people.1.name", "Tom") in page.pairs


def test_a_part_that_is_there_and_blank_stays_there() -> None:
    """Another person whom nothing is known of is one more person, and not forgotten."""
    answer = {"kinds": ["new-need"], "also_about": [{}]}
    pairs = pairs_from(ContactSorting, answer)
    assert read(ContactSorting, pairs).answer == answer
    assert read(ContactSorting, Page(_shown(ContactSorting, pairs)).pairs).answer["also_about"] == [{}]


def test_adding_another_shows_one_more_and_loses_nothing() -> None:
    """The button sends nothing: the form is shown again as it was typed, with a blank part that is open."""
    pairs = [("relevant_people.0.name", "Mary"), ("last_review_on-day", "x"), ("_add", "relevant_people")]
    again = changed_by_button(pairs)
    assert again is not None
    html = str(render(ENVIRONMENT, fields_of(Triage), again))
    assert ("last_review_on-day", "x") in Page(html).pairs
    assert ("relevant_people.1.name", "") in Page(html).pairs
    assert "<details" in html and " open>" in html


def test_removing_one_takes_that_one_out() -> None:
    """And only that one."""
    pairs = [("also_about.1", "given"), ("also_about.1.act_by-day", "3"), ("also_about.10.urgent", "yes")]
    assert changed_by_button([*pairs, ("_remove", "also_about.1")]) == [("also_about.10.urgent", "yes")]
    assert changed_by_button(pairs) is None


def test_the_enter_key_sends_the_form() -> None:
    """The first button of a form with a list is none that adds or removes."""
    pairs = [("relevant_people.0.name", "Mary")]
    assert Page(_shown(Triage, pairs)).buttons[0] == ("", "")
    assert Page(_shown(HandoverAnswer, [])).buttons == []


# ------------------------------------------------------------------ questions that hang on others


def test_a_question_is_asked_beneath_the_answer_that_calls_for_it() -> None:
    """What is feared stands within Yes to a concern, and is hidden until then."""
    html = _shown(SafeguardingCheck, [])
    inside = html.index('id="conditional-field-concern"')
    assert "govuk-radios__conditional--hidden" in html[inside - 100 : inside]
    assert inside < html.index('name="what_is_feared"') < html.index('value="no"')


def test_what_was_written_is_never_hidden_nor_dropped() -> None:
    """With No to a concern, what was written about it is read, refused by the form's own rule, and stands open."""
    pairs = [("concern", "no"), ("nine_nine_nine_considered", "yes"), ("what_is_feared", "Bruises")]
    filled = checked(SafeguardingCheck, pairs)
    assert filled.answer["what_is_feared"] == "Bruises"
    assert [one.field_name for one in filled.problems] == ["what_is_feared"]
    html = _shown(SafeguardingCheck, pairs)
    assert html.index("Bruises") > html.index('value="no"')


def test_a_question_with_several_answers_that_call_for_it_says_which() -> None:
    """It stands by itself, and a script hides it; without one it is shown."""
    html = _shown(Triage, [])
    at = html.index('data-shown-by="residence" data-shown-values="another-authority not-settled"')
    assert at < html.index('name="residence_details"')
    assert 'data-shown-by="residence"' not in _shown(Triage, [("residence_details", "Told by Kent")])


def test_a_question_below_a_question_hangs_on_it() -> None:
    """The review of a funding hangs on the funding, and its details on the review."""
    html = _shown(Triage, [])
    hidden = html.index('id="conditional-field-discharge_to_assess"')
    assert hidden < html.index('name="funding_review"') < html.index('name="funding_review_details"')


def test_no_line_of_a_text_is_moved_by_what_it_stands_in() -> None:
    """Components indent what lies inside them; a text of several lines is sent back as it came."""
    pairs = [("decision", "place"), ("circumstances", "Lives alone\r\n    two steps\r\n\r\nfalls")]
    assert ("circumstances", "Lives alone\r\n    two steps\r\n\r\nfalls") in Page(_shown(TrayDecision, pairs)).pairs


# ------------------------------------------------------------------ the register


def test_teams_and_staff_are_chosen_and_people_are_typed() -> None:
    """Somebody unlikely to be found in a list is typed by id; what was typed and is not on the list stays."""

    def choices(kind: RegisterKind) -> list[tuple[str, str]]:
        return [("duty-worker", "Dora <Duty>")] if kind is RegisterKind.STAFF else []

    html = _shown(ContactSorting, [("kinds", "named-worker"), ("named_worker", "gone-1")], choices=choices)
    assert "Dora &lt;Duty&gt;" in html
    assert ("named_worker", "gone-1") in Page(html).pairs
    assert 'name="about_person" type="text"' in html


def test_a_list_too_long_to_choose_from_is_typed() -> None:
    """Nobody scrolls through a thousand names."""
    html = _shown(ContactSorting, [], choices=lambda _kind: [(f"s-{n}", f"S {n}") for n in range(301)])
    assert "<select" not in html


# ------------------------------------------------------------------ what is wrong


def test_every_problem_is_said_at_its_field_in_the_order_of_the_form() -> None:
    """A validator's sentences are shown one by one, with labels for names."""
    pairs = [("concern", "yes"), ("raised_already_as", "SG-1")]
    assert checked(SafeguardingCheck, pairs).problems == (
        Problem(
            "nine_nine_nine_considered",
            "Ask yourself first whether anybody is in danger now, then tick “I have asked myself whether anybody is in"
            " danger now, and rung 999 if so”",
        ),
        Problem("what_is_feared", "Say what the concern is, and leave it out where there is none"),
        Problem(
            "raised_already_as",
            "Say “The id of the concern, if it was raised already” and “Who owns the concern” together: a concern that"
            " was raised has a named owner",
        ),
    )


def test_a_rule_inside_a_part_is_said_there() -> None:
    """What was done is asked for at its field among the ways."""
    found = checked(Triage, [("ways.reablement", "done"), *_other_ways()]).problems
    said = {one.field_name: one.sentence for one in found}
    assert said["ways.details"] == "Say what was done (“Reablement”)"


def test_the_summary_says_which_part_of_a_list_it_means() -> None:
    """Two links of the same words would lead to two places."""
    pairs = [("kinds", "named-worker"), ("also_about.0.action_indicated", "A bed"), ("action_indicated", "A chair")]
    found = checked(ContactSorting, pairs).problems
    assert [item["text"] for item in summary(found)] == [
        "Say “Where it is recorded” for a contact to a named worker",
        "Others whom it is about 1: say “Where it is recorded” for a contact to a named worker",
    ]


def test_what_a_part_is_refused_for_may_stand_in_the_form() -> None:
    """Whether somebody is in danger is asked once for a letter, whomever of several it concerns."""
    pairs = [("kinds", "new-need"), ("also_about.0.kinds", "safeguarding")]
    [problem] = checked(ContactSorting, pairs).problems
    assert problem.field_name == "nine_nine_nine_considered"


def test_a_choice_that_is_named_leads_to_its_question() -> None:
    """A sentence that names no field but a choice stands at the field that has it."""
    found = problems_of(Triage, {**_triage(), "result": "passed-on"})
    assert found == (Problem("result", "“Passed on” is for what another authority is responsible for"),)
    caldicott = problems_of(CaldicottVerdict, {"verdict": "ask-caldicott", "reasons": "r"})
    assert [one.field_name for one in caldicott] == ["verdict"]
    consequences = problems_of(BreachConsequences, {"prosecution": True, "disciplinary": False, "reasons": "r"})
    assert [one.field_name for one in consequences] == ["disciplinary"]


def test_what_only_the_case_knows_is_said_at_its_field_too() -> None:
    """Sentences that begin with a place, as checks of answers write them, find it; others stand over the form."""
    found = problems_from(
        Triage,
        [
            "ways.review_tray: a review has been due since Monday 5 January 2026 and is not put off; ask for it",
            "team: the register has no team of that id; look it up, or import a newer extract",
            "something else is wrong",
        ],
    )
    assert [one.field_name for one in found] == ["ways.review_tray", "team", None]
    assert found[1].sentence == "The register has no team of that id; look it up, or import a newer extract"


def test_a_tick_without_a_follow_up_is_said_at_the_follow_up() -> None:
    """The part that is missing has the problem."""
    pairs = [("what_was_done", "Rang"), ("follow_up_needed", "yes")]
    assert [one.field_name for one in checked(SettledAtDuty, pairs).problems] == ["follow_up"]


def test_too_much_is_said_to_be_too_much() -> None:
    """With how much is the most."""
    found = checked(models_facts("ReferralTaken"), [("source_reference", "9" * 61)]).problems
    assert Problem("source_reference", "“Its number there” must be 60 characters or fewer") in found


def test_what_the_form_does_not_ask_for_is_refused() -> None:
    """An answer with a field that is none is not taken as if it had none; the field is not repeated."""
    [problem] = problems_of(HandoverAnswer, {"reply": "accept", "mary-smith": "1"})
    assert problem.field_name is None and "mary" not in problem.sentence


def test_no_sentence_of_a_form_is_cut_in_two() -> None:
    """Sentences are parted by semicolons, so none has one inside it."""
    for module in pkgutil.iter_modules(models.forms.__path__):
        path = importlib.import_module(f"models.forms.{module.name}").__file__
        tree = ast.parse(Path(path or "").read_text())
        for call in ast.walk(tree):
            is_said = isinstance(call, ast.Call) and ast.unparse(call.func) in ("ValueError", "problems.append")
            said = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)] if is_said else []
            assert not [one for one in said if isinstance(one, str) and "; " in one and one != "; "], module.name


# ------------------------------------------------------------------ in words


def test_an_answer_reads_as_it_was_meant() -> None:
    """Dates, choices and boxes in words; parts under their own label; what was left blank is not there."""
    answer = {
        "kinds": ["safeguarding", "new-need"],
        "act_by": "2026-01-05",
        "nine_nine_nine_considered": True,
        "also_about": [{"about_person": "P-7", "urgent": True}],
    }
    assert in_words(ContactSorting, answer) == [
        ("Everything that it is", "New need, Safeguarding"),
        ("It is about none of those proposed", "No"),
        ("It cannot wait until tomorrow", "No"),
        ("The date that it gives", "Monday 5 January 2026"),
        ("An acknowledgement is wanted", "No"),
        ("Others whom it is about 1: the person", "P-7"),
        ("Others whom it is about 1: is it urgent for them?", "Yes"),
        ("I have asked myself whether anybody is in danger now, and rung 999 if so", "Yes"),
    ]


def test_a_box_that_was_not_asked_for_says_nothing() -> None:
    """Whether something was thought of is no question where it did not arise."""
    rows = dict(in_words(ContactSorting, {"kinds": ["invoice"]}))
    assert "I have asked myself whether anybody is in danger now, and rung 999 if so" not in rows


def test_somebody_in_the_register_is_called_by_name_where_names_are_known() -> None:
    """With the choices that the form was shown with."""
    answer = {"kinds": ["named-worker"], "named_worker": "duty-worker"}
    rows = dict(in_words(ContactSorting, answer, lambda _kind: [("duty-worker", "Dora Duty")]))
    assert rows["The worker it is addressed to"] == "Dora Duty"


def test_labels_of_the_nearest_class_hold() -> None:
    """A form that is made from another keeps its labels and conditions, and may say its own."""

    class Nearer(PersonToBeTold):
        labels: ClassVar[dict[str, str]] = {"how": "By what means"}

    try:
        assert _field(Nearer, "how").label == "By what means"
        assert _field(Nearer, "told_on").shown_when is not None
        assert _field(Nearer, "told_on").label == "The day on which they were told"
    finally:
        Form._known.pop("Nearer")


def test_an_answer_that_was_refused_before_can_be_filled_in_again() -> None:
    """From pairs or from an answer, whole or in part, the same form is shown."""
    answer = {"happened": True, "what_came_of_it": "She is well", "again_on": "2026-01-09"}
    assert read(FollowUpReport, pairs_from(FollowUpReport, answer)).answer == answer


def _other_ways() -> list[tuple[str, str]]:
    ways = "care_technology occupational_therapy other_prevention community_resources respite_booked respite_amended"
    return [(f"ways.{name}", "not-suitable") for name in [*ways.split(), "review_tray"]]


def _triage() -> dict[str, Any]:
    ways = {name.removeprefix("ways."): value for name, value in _other_ways()} | {"reablement": "offered"}
    return {"result": "settled", "ways": ways, "what_was_done": "Rang", "residence": "ours", "section_117": "not-owed"}


def models_form(name: str) -> type[BaseModel]:
    """The form with that name."""
    return Form.named(name)


def models_facts(name: str) -> type[BaseModel]:
    """The facts of a case with that name."""
    found: type[BaseModel] = getattr(importlib.import_module("models.forms.referral_by_hand"), name)
    return found
