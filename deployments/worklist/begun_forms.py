"""
Forms that somebody begins of their own accord: kept as a draft, put right, sent once.

A form has a random id from its first showing: sent twice it leads to the same case. One that was changed after it had
been sent is shown again with what came of it, as it may be another matter. `show` writes the page, `send` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel
from starlette.responses import Response

from deployments.worklist import forms
from deployments.worklist.drafts import FORM_ID, KeptDraft, drop_draft, keep_draft, unsent_draft
from deployments.worklist.forms import Choice, Pairs, Problem
from deployments.worklist.picking import Picker, in_words, picked_fields, pickers, unsettled
from deployments.worklist.prompts import risk_prompts
from deployments.worklist.taking_in import FILE, FILES, taken_in
from deployments.worklist.visit import Visit
from models.register import Person
from tasks.worklist.choosing import choices_on
from tasks.worklist.referrals_by_hand import ReferralRefused
from tasks.worklist.signalling import SignalRefused
from tasks.worklist.starting import CannotBeOpened
from tasks.worklist.submissions import Earlier, SentForm, new_form_id, note_sent, sent_before, sent_form, was_sent

DO = "_do"
AFRESH, FIND = "afresh", "find"


def _nothing(_filled: Any) -> Sequence[Problem]:
    return ()


@dataclass(frozen=True)
class BegunForm:
    """What is asked, and what the page knows of it already."""

    model: type[BaseModel]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Fields that are not asked, and what stands in them."""
    known: Pairs = ()
    """What stands in it when it is opened."""
    about: str = ""
    """Register id of the one person for whom it was opened; empty: it was opened for nobody in particular."""
    people: tuple[Person, ...] = ()
    """People to choose from wherever somebody is named."""
    offered: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    """What may be chosen besides, as `fields_of` takes it."""
    case_ref: str = ""
    """The case with which a file is kept that belongs to the form; empty: it takes none so."""
    problems: Callable[[Any], Sequence[Problem]] = _nothing
    """What the page finds wrong besides; it is given the model as it was filled in, or None where it cannot be yet."""

    @property
    def without(self) -> tuple[str, ...]:
        """The names of the fields that are not asked."""
        return tuple(sorted(self.fixed))


@dataclass(frozen=True)
class Shown:
    """A form as a template writes it. Personal data."""

    fields: Markup
    pickers: Sequence[Picker]
    errors: list[dict[str, str]]
    problems: dict[str | None, str]
    """The first problem of each field."""
    form_id: str
    draft: KeptDraft | None = None
    earlier: Earlier | None = None
    """It was sent before, and said something else then."""

    @property
    def status(self) -> int:
        """The page's status code."""
        return 422 if self.errors else 409 if self.earlier else 200


def serve(
    visit: Visit,
    form: BegunForm,
    *,
    show: Callable[[Shown], Response],
    send: Callable[[Any, SentForm], str],
    done: Callable[[str, bool], Response],
) -> Response:
    """
    Show the form, or take it in.

    `send` is given the model as it was filled in and gives the ref of the case; `done` leads on from there, and is told
    whether the form had been sent before.
    """
    if not visit.is_post:
        draft = unsent_draft(visit.council, visit.member.id, visit.path)
        if draft is not None and form.about and form.about not in (named := _named(form, draft.pairs)):
            return _about_somebody_else(visit, form, draft, named)
        return show(_shown(visit, form, draft.pairs if draft else form.known, draft=draft))
    if visit.sent(DO) == AFRESH:
        _drop(visit)
        return visit.go(f"{visit.path}?about={form.about}" if form.about else visit.path)
    typed = [pair for pair in visit.pairs if pair[0] not in (DO, FORM_ID, FILE)]
    _keep(visit, typed, visit.sent(FORM_ID))
    if visit.sent(FILE) and form.case_ref:
        return _with_file(visit, form, typed, show)
    if (changed := forms.changed_by_button(typed)) is not None:
        return show(_shown(visit, form, changed))
    if visit.sent(DO) == FIND:
        return show(_shown(visit, form, typed))
    return _sent(visit, form, typed, show, send, done)


def _with_file(visit: Visit, form: BegunForm, typed: Pairs, show: Callable[[Shown], Response]) -> Response:
    """The form with the file taken in, or with what is wrong with it."""
    pairs, problem = taken_in(visit, form.model, form.case_ref, typed)
    if problem is not None:
        return show(_shown(visit, form, pairs, (problem,)))
    _keep(visit, pairs, visit.sent(FORM_ID))
    return visit.go(f"{visit.path}#{forms.element_id(visit.sent(FILE))}")


def waits_behind_a_question(visit: Visit) -> bool:
    """
    Whether a question comes first, which has not been answered: what was typed on an older page is kept meanwhile.

    False where that form was sent already: whoever sends it again hears so.
    """
    if not visit.is_post:
        return True
    with visit.council.database.read() as session:
        if was_sent(session, visit.sent(FORM_ID), visit.member.id):
            return False
    _keep(visit, [pair for pair in visit.pairs if pair[0] not in (DO, FORM_ID)], visit.sent(FORM_ID))
    return True


def _sent(
    visit: Visit,
    form: BegunForm,
    typed: Pairs,
    show: Callable[[Shown], Response],
    send: Callable[[Any, SentForm], str],
    done: Callable[[str, bool], Response],
) -> Response:
    contents = [visit.files[name].content for name in sorted(visit.files)]
    sent = sent_form(visit.sent(FORM_ID), visit.path, visit.member.id, typed, contents)
    with visit.council.database.read() as session:
        earlier = sent_before(session, sent)
    if earlier is not None and earlier.said_the_same:
        _drop(visit)
        return done(earlier.result, True)
    if earlier is not None:
        anew = new_form_id()  # what it says now was not sent: it is kept as another matter
        _keep(visit, typed, anew)
        return show(_shown(visit, form, typed, earlier=earlier, form_id=anew))
    filled = forms.checked(form.model, typed, without=form.without)
    answer = {**filled.answer, **form.fixed}
    problems = [
        *unsettled(visit, form.model, form.without),
        *(filled.problems or forms.problems_of(form.model, answer)),
    ]
    read = None if problems else _read(form.model, answer)
    problems += form.problems(read)
    result = ""
    if not problems:
        try:
            result = send(read, sent)
        except (CannotBeOpened, ReferralRefused, SignalRefused) as refused:
            problems = [*forms.problems_from(form.model, refused.problems)]
    if problems:
        return show(_shown(visit, form, typed, problems))
    with visit.council.database.write() as session:
        note_sent(session, sent, result, visit.now)
        drop_draft(session, visit.member.id, visit.path)
    return done(result, False)


def _read(model: type[BaseModel], answer: dict[str, Any]) -> Any:
    reads = getattr(model, "read", model.model_validate)
    return reads(answer)


def _keep(visit: Visit, typed: Pairs, form_id: str) -> None:
    keep_draft(visit.council, visit.member.id, visit.path, [*typed, (FORM_ID, form_id)], visit.now)


def _named(form: BegunForm, pairs: Pairs) -> tuple[str, ...]:
    """Register ids in the field that says whom the form is about."""
    first = picked_fields(form.model, form.without)[:1]
    return tuple(one.strip() for name, value in pairs if name in first for one in value.split("\n") if one.strip())


def _about_somebody_else(visit: Visit, form: BegunForm, draft: KeptDraft, named: Sequence[str]) -> Response:
    """What was typed about one person is not filled in for another: they say which of the two they mean."""
    return visit.page(
        "start_begun.html",
        title="You had begun this about somebody else",
        status=409,
        draft=draft,
        begun_about=[in_words(visit, one) or one for one in named],
        opened_for=in_words(visit, form.about) or form.about,
        about=form.about,
    )


def _drop(visit: Visit) -> None:
    with visit.council.database.write() as session:
        drop_draft(session, visit.member.id, visit.path)


def _shown(
    visit: Visit,
    form: BegunForm,
    pairs: Pairs,
    problems: Sequence[Problem] = (),
    *,
    draft: KeptDraft | None = None,
    earlier: Earlier | None = None,
    form_id: str = "",
) -> Shown:
    aside = (*form.without, *picked_fields(form.model, form.without))
    first: dict[str | None, str] = {}
    for one in problems:
        first.setdefault(one.field_name, one.sentence)
    written = forms.render(
        visit.desk.templates,
        forms.fields_of(form.model, without=aside, offered={**risk_prompts(visit.council.policy), **form.offered}),
        pairs,
        problems,
        choices=choices_on(visit.council, visit.today),
        files_to=f"{visit.path}{FILES}" if form.case_ref else "",
    )
    return Shown(
        fields=written,
        pickers=pickers(visit, form.model, pairs, problems, without=form.without, offered=form.people),
        errors=forms.summary(problems),
        problems=first,
        form_id=form_id or (draft.form_id if draft else visit.sent(FORM_ID)) or new_form_id(),
        draft=draft,
        earlier=earlier,
    )
