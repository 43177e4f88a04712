"""Answering a work item: the form with all that is read beside it, "check your answers", and what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from deployments.worklist import forms
from deployments.worklist.answer_words import NAMED, named, offered_beside, people_in, rows, texts, unnamed
from deployments.worklist.asked_anew import asked_anew, carried_over, path_of
from deployments.worklist.drafts import KeptDraft, draft_of, drop_draft, keep_draft
from deployments.worklist.forms import Pairs, Problem
from deployments.worklist.looks import capital
from deployments.worklist.routing import Pages
from deployments.worklist.taking_in import FILE, FILES, at_its_form, taken_in
from deployments.worklist.visit import Visit, whole_number
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused, Signal
from models.permissions import Action
from models.states import WorkItemState
from models.working_time import for_people
from tasks.durable.ledger import Recorded
from tasks.durable.worklist import NoLongerOpen, NotTheirs, note_opened
from tasks.worklist.answering import CaseHasChanged, news_since, next_of, send
from tasks.worklist.asked import AskedItem, asked_item
from tasks.worklist.choosing import choices_on
from tasks.worklist.consequences import Foreseen, foresee
from tasks.worklist.rehearsing import CannotRehearse
from tasks.worklist.safeguarding_step import concerns_raised, is_to_be_asked
from tasks.worklist.scope import NotFound

pages = Pages()
DO = "_do"
"""Which button was pressed: `check`, `send`, `change` or `afresh`; none: what is usual for the form."""
SEEN = "_seen_entry_no"
_SAID_ABOVE = re.compile(r"If anybody may be in danger now, ring 999[^.]*\. ?")
"""The warning that stands above every form where somebody may be in danger; it is not said twice."""
PAGES_OF_THEIR_OWN = {"TrayReviewed": "/tray/review"}
"""Where forms are answered that have a page made for them; the work item's id follows."""
LONGEST_ABOUT = 1_500
"""Characters of what it is about that stand on the page at once; the rest is unfolded."""


@dataclass(frozen=True)
class _Showing:
    """What a form is shown with."""

    pairs: Pairs = ()
    problems: tuple[Problem, ...] = ()
    draft: KeptDraft | None = None
    news: tuple[Recorded, ...] = ()
    has_changed: bool = False
    """The case has gone on since they opened it."""


@pages.add("/work-items/{item}", Action.SEE_WORK, methods=("GET", "POST"))
def answer(visit: Visit, item: str) -> Response:
    """The form, or what became of it; sent, it is checked and answered."""
    try:
        asked = asked_item(visit.council, visit.member, item)
    except NotFound:
        return no_longer_seen(visit, _typed(visit.pairs))
    visit.note_look("read-work-item", asked.case_ref)
    if visit.is_post:
        return _sent(visit, asked)
    if asked.state is not WorkItemState.OPEN:
        return _ended(visit, asked)
    if not asked.may_answer:
        with visit.council.database.read() as session:
            kept = draft_of(session, visit.member.id, visit.path)
        return _read_only(visit, asked, kept.pairs if kept else ())
    if is_to_be_asked(visit.council, visit.member, asked):
        return visit.go(f"/work-items/{asked.id}/safeguarding")
    if (path := PAGES_OF_THEIR_OWN.get(asked.form.name())) is not None:
        return visit.go(f"{path}/{asked.id}")
    note_opened(visit.council, asked.id, by=visit.member.id)
    asked = asked_item(visit.council, visit.member, item)  # with the entry that says so
    with visit.council.database.read() as session:
        draft = draft_of(session, visit.member.id, visit.path)
    draft = draft or carried_over(visit.council, visit.member.id, asked.id)
    if draft is None:
        return _form(visit, asked, _Showing())
    return _form(visit, asked, _Showing(pairs=draft.pairs, draft=draft))


@pages.add("/work-items/{item}/files", Action.SEE_WORK, methods=("POST",), takes_files=True)
def answer_with_file(visit: Visit, item: str) -> Response:
    """A file that belongs to the answer: it is kept with the case, and the form goes on with all that was typed."""
    return answer(at_its_form(visit), item)


def _sent(visit: Visit, asked: AskedItem) -> Response:
    """A button of the form was pressed."""
    pressed, typed = visit.sent(DO), _typed(visit.pairs)
    if pressed == "afresh":
        with visit.council.database.write() as session:
            drop_draft(session, visit.member.id, visit.path)
        return visit.go(visit.path)
    if asked.state is WorkItemState.OPEN and not asked.may_answer:
        return _read_only(visit, asked, typed)
    if is_to_be_asked(visit.council, visit.member, asked):
        _keep(visit, typed)
        return visit.go(f"/work-items/{asked.id}/safeguarding")
    if visit.sent(FILE) and asked.state is WorkItemState.OPEN:
        return _with_file(visit, asked, typed)
    if (changed := forms.changed_by_button(typed)) is not None:
        return _form(visit, asked, _Showing(pairs=changed))
    if pressed == "change":
        return _form(visit, asked, _Showing(pairs=typed))
    filled = forms.checked(asked.form, typed)
    if filled.problems and asked.state is WorkItemState.OPEN:
        return _form(visit, asked, _Showing(pairs=typed, problems=filled.problems))
    if filled.problems:
        return _too_late(visit, asked, typed)
    is_to_be_checked = pressed == "check" or (asked.form.has_legal_weight and pressed != "send")
    is_to_be_checked |= bool(unnamed(visit, asked, filled.answer))
    try:
        if is_to_be_checked and asked.state is WorkItemState.OPEN:
            return _check(visit, asked, typed, filled.answer)
        read = asked.form.read(filled.answer)
        sent = send(visit.council, visit.member, asked.id, read, seen_no=_seen_no(visit))
    except AnswerRefused as refused:
        problems = forms.problems_from(asked.form, refused.problems)
        return _form(visit, asked, _Showing(pairs=typed, problems=problems))
    except CaseHasChanged as changed_case:
        now_seen = replace(asked, head_no=changed_case.head_no)
        return _form(visit, now_seen, _Showing(pairs=typed, news=changed_case.news, has_changed=True))
    except NoLongerOpen:
        return _too_late(visit, asked_item(visit.council, visit.member, asked.id), typed)
    except NotTheirs:
        return _read_only(visit, asked_item(visit.council, visit.member, asked.id), typed)
    except NotFound:
        return no_longer_seen(visit, typed)
    with visit.council.database.write() as session:
        drop_draft(session, visit.member.id, visit.path)
    return visit.go(visit.path, say="You had sent this answer already; it was not entered twice." if sent.again else "")


def _with_file(visit: Visit, asked: AskedItem, typed: Pairs) -> Response:
    """The form with the file taken in, or with what is wrong with it."""
    pairs, problem = taken_in(visit, asked.form, asked.case_ref, typed)
    if problem is not None:
        return _form(visit, asked, _Showing(pairs=pairs, problems=(problem,)))
    _keep(visit, pairs)
    return visit.go(f"{visit.path}#{forms.element_id(visit.sent(FILE))}")


# ------------------------------------------------------------------ the pages


def _form(visit: Visit, asked: AskedItem, showing: _Showing) -> Response:
    if visit.is_post:
        _keep(visit, showing.pairs)
    seen = showing.draft.seen_entry_no if showing.draft else _seen_no(visit)
    news, has_changed = showing.news, showing.has_changed
    if not has_changed and seen is not None:
        news = news_since(visit.council, visit.member, asked, seen)
        has_changed = bool(news)
    wrong = bool(showing.problems)
    title = capital(asked.form.title)
    read = forms.read(asked.form, showing.pairs)
    shown = forms.render(
        visit.desk.templates,
        forms.fields_of(asked.form, offered=offered_beside(visit, asked)),
        showing.pairs,
        showing.problems,
        choices=choices_on(visit.council, visit.today, named(visit, asked, read.answer)),
        files_to=f"{visit.path}{FILES}" if asked.sees_case else "",
    )
    return visit.page(
        "answer.html",
        title=f"Error: {title}" if wrong else title,
        heading=title,
        status=422 if wrong else 409 if has_changed and visit.is_post else 200,
        item=asked,
        shown=shown,
        raised=concerns_raised(visit.council, asked),
        errors=forms.summary(showing.problems),
        draft=showing.draft,
        news=[(entry.at, told(entry)) for entry in news],
        has_changed=has_changed,
        seen_entry_no=asked.head_no if has_changed or seen is None else seen,
        **_beside(visit, asked),
    )


def _check(visit: Visit, asked: AskedItem, typed: Pairs, given: dict[str, Any]) -> Response:
    """ "Check your answers", with what they cause. Raises `AnswerRefused`, `NoLongerOpen`, `CaseHasChanged`."""
    seen, read = _seen_no(visit), asked.form.read(given)
    news = () if seen is None else news_since(visit.council, visit.member, asked, seen)
    if news:
        raise CaseHasChanged(asked.case_ref, news, asked.head_no)
    _keep(visit, typed)
    foreseen: Foreseen | None
    try:
        foreseen = foresee(visit.council, visit.member, asked.id, read)
    except CannotRehearse:
        foreseen = None
    for ref in foreseen.other_cases if foreseen is not None else ():
        visit.note_look("read-case", ref)
    return visit.page(
        "answer_check.html",
        title="Check your answers",
        item=asked,
        parts_of_it=rows(visit, asked, given),
        typed=[*typed, *((NAMED, one) for one in people_in(asked, given))],
        foreseen=foreseen,
        seen_entry_no=asked.head_no if seen is None else seen,
        **_beside(visit, asked),
    )


def _ended(visit: Visit, asked: AskedItem) -> Response:
    """It is answered, or asked no more: what became of it, what the case waits for, and what comes next for them."""
    mine = asked.answered_by == visit.member.id
    with visit.council.database.write() as session:
        if mine:  # one that came in late, as they left the form
            drop_draft(session, visit.member.id, visit.path)
        draft = draft_of(session, visit.member.id, visit.path)
    return visit.page(
        "answer_ended.html",
        title="Answered" if mine else capital(asked.form.title),
        item=asked,
        mine=mine,
        how=_how_it_ended(asked),
        following=next_of(visit.council, visit.member, asked.case_ref),
        texts=texts(asked, draft.pairs) if draft is not None else (),
        kept_at="" if mine else _kept_elsewhere(visit, asked),
        anew=_asked_anew(visit, asked),
        **_beside(visit, asked),
    )


def _read_only(visit: Visit, asked: AskedItem, typed: Pairs) -> Response:
    """It is not theirs to answer, or no more: they read it, with what they had typed, which is kept."""
    if visit.is_post:
        _keep(visit, typed)
    return visit.page(
        "answer_read_only.html",
        title=capital(asked.form.title),
        status=403 if visit.is_post else 200,
        item=asked,
        texts=texts(asked, typed),
        kept_at=_kept_elsewhere(visit, asked),
        **_beside(visit, asked),
    )


def no_longer_seen(visit: Visit, typed: Pairs) -> Response:
    """
    Not theirs to see, or no more: of it nothing is said, but what they had typed themselves is kept and shown.

    Raises `NotFound` where they had typed nothing.
    """
    if visit.is_post and visit.sent(DO) == "afresh":
        with visit.council.database.write() as session:
            drop_draft(session, visit.member.id, visit.path)
    elif visit.is_post:
        _keep(visit, typed)
    with visit.council.database.read() as session:
        kept = draft_of(session, visit.member.id, visit.path)
    said = [(_as_label(name), text) for name, text in (kept.pairs if kept else ()) if text.strip()]
    if not said:
        raise NotFound("work item")
    return visit.page("answer_gone.html", title="There is no such work item", status=404, texts=said)


def _kept_elsewhere(visit: Visit, asked: AskedItem) -> str:
    """The page made for the form, where what they had typed there is kept; else empty."""
    if (own := PAGES_OF_THEIR_OWN.get(asked.form.name())) is None:
        return ""
    with visit.council.database.read() as session:
        return f"{own}/{asked.id}" if draft_of(session, visit.member.id, f"{own}/{asked.id}") else ""


def _as_label(name: str) -> str:
    return capital(re.sub(r"[._-]+", " ", name).strip())


def _too_late(visit: Visit, asked: AskedItem, typed: Pairs) -> Response:
    """Somebody was first, or it is asked no more: what was typed is shown, to be copied, and kept."""
    _keep(visit, typed)
    return visit.page(
        "answer_late.html",
        title="It was answered before you" if asked.answered_by else "It is no longer asked",
        status=409,
        item=asked,
        how=_how_it_ended(asked),
        texts=texts(asked, typed),
        anew=_asked_anew(visit, asked),
    )


def _asked_anew(visit: Visit, asked: AskedItem) -> str:
    """Where the case asks it again, with what they had typed; empty where it does not, or not them."""
    with visit.council.database.read() as session:
        again = asked_anew(session, asked.id)
    if again is None:
        return ""
    try:
        return path_of(again) if asked_item(visit.council, visit.member, again).may_answer else ""
    except NotFound:
        return ""


# ------------------------------------------------------------------ what they show


def in_two(about: str) -> tuple[str, str]:
    """What is read at once, and the rest; parted between paragraphs, or lines, where that is possible."""
    if len(about) <= LONGEST_ABOUT:
        return about, ""
    for parting in ("\n\n", "\n", " "):
        cut = about.rfind(parting, 0, LONGEST_ABOUT)
        if cut > LONGEST_ABOUT // 3:
            return about[:cut], about[cut:].strip("\n")
    return about[:LONGEST_ABOUT], about[LONGEST_ABOUT:]


def _beside(visit: Visit, asked: AskedItem) -> dict[str, Any]:
    """What every page of an item has beside the form."""
    first, rest = in_two(asked.about)
    return {
        "about": first,
        "more_about": rest,
        "guidance": [one for said in forms.guidance(asked.form) if (one := _SAID_ABOVE.sub("", said))],
        "record_link": visit.desk.settings.record_address,
    }


def told(entry: Recorded) -> str:
    """What came to a case, in words: of a message from outside what it says, not only that it came. Personal."""
    if entry.kind is not EntryKind.SIGNALLED or not isinstance(entry.data, dict):
        return entry.text
    said = forms.in_words(Signal.named(entry.step), entry.data)
    return f"{entry.text}. " + " ".join(f"{label}: {text.rstrip('.')}." for label, text in said)


def _how_it_ended(asked: AskedItem) -> str:
    match asked.state:
        case WorkItemState.OPEN:
            return ""
        case WorkItemState.ANSWERED:
            assert asked.answered_at is not None
            return f"{asked.answered_by_name} answered it on {for_people(asked.answered_at)}."
        case WorkItemState.LAPSED:
            return "Nobody answered it in time, and the case has gone on without an answer."
        case WorkItemState.WITHDRAWN:
            return "The case no longer asks it: something else came first."


def _keep(visit: Visit, typed: Pairs) -> None:
    """Keep what was typed as the form's draft, with what of the case they had seen."""
    keep_draft(visit.council, visit.member.id, visit.path, typed, visit.now, seen_entry_no=_seen_no(visit))


def _typed(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was typed, and the buttons of the form's own lists, without what is the page's own."""
    return [pair for pair in pairs if pair[0] not in (DO, SEEN, NAMED, FILE)]


def _seen_no(visit: Visit) -> int | None:
    return whole_number(visit.sent(SEEN))
