"""
The weekly review of a whole tray, done on a page made for it.

Those who are looked at one by one have a decision each and none is chosen beforehand; the rest is looked through as a
list. Whoever is to be given to a worker, rated again and so on is asked about on a second page; then the answers are
checked and sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from deployments.worklist import forms
from deployments.worklist.drafts import KeptDraft, draft_of, drop_draft, keep_draft
from deployments.worklist.forms import Pairs, Problem
from deployments.worklist.pages.answer import no_longer_seen, told
from deployments.worklist.pages.tray import note_team
from deployments.worklist.prompts import risk_prompts
from deployments.worklist.routing import Pages
from deployments.worklist.tray_answers import BY_ITSELF, NOT_LOOKED_AT, REST, ReviewTyped, prefix_of
from deployments.worklist.visit import Visit, whole_number
from models.forms.base import AnswerRefused
from models.forms.tray_review import AfterLooking, LookedAt, TrayReviewed
from models.permissions import Action
from tasks.durable.ledger import Recorded
from tasks.durable.worklist import NoLongerOpen, NotTheirs, note_opened
from tasks.tray.weekly_list import TrayList
from tasks.worklist.answering import CaseHasChanged, news_since, send
from tasks.worklist.asked import AskedItem, asked_item
from tasks.worklist.choosing import choices_on
from tasks.worklist.scope import NotFound
from tasks.worklist.tray_reviewing import list_asked, named_cases

pages = Pages()
SHOWN = 300
"""So many are looked at on one page; the rest is asked for once they were."""
DO, SEEN = "_do", "_seen_entry_no"
_OWN = {"one_by_one", REST, NOT_LOOKED_AT, BY_ITSELF}
"""What the names of the page's fields begin with; all else that is sent is not kept."""
CAUSES = {
    AfterLooking.STILL_WAITS: "",
    AfterLooking.ALLOCATE: "The worker is asked to accept them",
    AfterLooking.ESCALATE: "They are brought before the strategic manager",
    AfterLooking.RATE_AGAIN: "Their rating is set anew, and their next contact by it",
    AfterLooking.LOOK_INTO: "A duty worker is asked to contact them today",
}
"""What each decision leads to, for whoever decides."""


@dataclass(frozen=True)
class _Review:
    """The work item, the list that it is about, and what was typed."""

    asked: AskedItem
    listed: TrayList
    typed: ReviewTyped
    problems: tuple[Problem, ...] = ()
    draft: KeptDraft | None = None
    has_changed: bool = False
    news: tuple[Recorded, ...] = ()
    """What has come to the review since they opened it."""

    @property
    def by_field(self) -> dict[str, str]:
        """The first problem of each field."""
        return {one.field_name: one.sentence for one in reversed(self.problems) if one.field_name}


@pages.add("/tray/review/{item}", Action.SEE_WORK, methods=("GET", "POST"))
def tray_review(visit: Visit, item: str) -> Response:
    """The list with its decisions, more about those of whom more must be known, and the answers to be checked."""
    try:
        asked = asked_item(visit.council, visit.member, item)
    except NotFound:
        return no_longer_seen(visit, _own(visit.pairs))
    if asked.form is not TrayReviewed:
        raise NotFound("review")
    visit.note_look("read-work-item", asked.case_ref)
    if not asked.may_answer:
        return _not_to_be_answered(visit, asked)
    if not visit.is_post:
        note_opened(visit.council, asked.id, by=visit.member.id)
        asked = asked_item(visit.council, visit.member, item)  # with the entry that says so
    if visit.is_post:
        return _pressed(visit, _review(visit, asked, _own(visit.pairs)))
    with visit.council.database.read() as session:
        draft = draft_of(session, visit.member.id, visit.path)
    review = replace(_review(visit, asked, draft.pairs if draft else ()), draft=draft)
    if draft is not None and draft.seen_entry_no is not None:
        news = news_since(visit.council, visit.member, asked, draft.seen_entry_no)
        review = replace(review, news=news, has_changed=bool(news))
    return _list(visit, review)


def _review(visit: Visit, asked: AskedItem, pairs: Pairs) -> _Review:
    """The list that the review is about, and what was typed. The look at the tray is noted."""
    with visit.council.database.read() as session:
        listed = list_asked(session, asked.id)
    note_team(visit, listed.team, "read-tray")
    with visit.council.database.read() as session:
        cases = named_cases(session, visit.member, listed.cases[:SHOWN], visit.now)
    beyond = [one.ref for one in listed.cases[SHOWN:] if not one.is_alone]
    return _Review(asked, listed, ReviewTyped(cases, pairs, beyond))


def _pressed(visit: Visit, review: _Review) -> Response:
    """A button was pressed."""
    pressed, typed = visit.sent(DO), review.typed
    if pressed == "afresh":
        with visit.council.database.write() as session:
            drop_draft(session, visit.member.id, visit.path)
        return visit.go(visit.path)
    _keep(visit, typed.pairs)
    if pressed == "change":
        return _list(visit, review)
    if typed.is_empty:
        nothing = Problem(
            _first_to_decide(typed),
            "Select a decision for at least one case, or say that you have looked through the rest",
        )
        return _list(visit, replace(review, problems=(nothing,)))
    if pressed not in ("check", "send") and typed.say_more:
        return _more(visit, review)
    answer, problems = typed.checked()
    if problems:
        return _more(visit, replace(review, problems=problems))
    if pressed != "send":
        return _check(visit, review, answer)
    return _send(visit, review, answer)


def _send(visit: Visit, review: _Review, answer: dict[str, Any]) -> Response:
    try:
        sent = send(
            visit.council, visit.member, review.asked.id, TrayReviewed.read(answer), seen_no=_seen_no(visit)
        )  # fmt: skip
    except AnswerRefused as refused:
        problems = review.typed.in_our_names(forms.problems_from(TrayReviewed, refused.problems))
        return _more(visit, replace(review, problems=problems))
    except CaseHasChanged as changed:
        now_seen = replace(review.asked, head_no=changed.head_no)
        return _list(visit, replace(review, asked=now_seen, has_changed=True, news=changed.news))
    except (NoLongerOpen, NotTheirs):
        return _not_to_be_answered(visit, asked_item(visit.council, visit.member, review.asked.id))
    except NotFound:
        return no_longer_seen(visit, review.typed.pairs)
    with visit.council.database.write() as session:
        drop_draft(session, visit.member.id, visit.path)
    again = "You had sent this answer already; it was not entered twice." if sent.again else ""
    return visit.go(f"/work-items/{review.asked.id}", say=again)


def _not_to_be_answered(visit: Visit, asked: AskedItem) -> Response:
    """Somebody was first, or it is no longer theirs: what they had decided is kept and shown, and does not count."""
    if asked.answered_by == visit.member.id or visit.sent(DO) == "afresh":
        with visit.council.database.write() as session:
            drop_draft(session, visit.member.id, visit.path)
        return visit.go(f"/work-items/{asked.id}")
    pairs = _own(visit.pairs)
    if visit.is_post:
        _keep(visit, pairs)
    else:
        with visit.council.database.read() as session:
            kept = draft_of(session, visit.member.id, visit.path)
        pairs = kept.pairs if kept else ()
    review = _review(visit, asked, pairs) if pairs else None
    return visit.go(f"/work-items/{asked.id}") if review is None or review.typed.is_empty else _late(visit, review)


# ------------------------------------------------------------------ the pages


def _late(visit: Visit, review: _Review) -> Response:
    """What they had decided, to be copied; none of it was entered."""
    typed, labels = review.typed, {one.name: one.label for one in forms.fields_of(LookedAt, without=("case",))}
    decided = [
        (
            one,
            [
                (labels[field], text)
                for name, text in typed.fields_of(one)
                if (field := name.removeprefix(prefix_of(one)).partition(".")[0]) in labels and field != "decision"
            ],
        )
        for one in typed.by_itself
    ]
    asked = review.asked
    return visit.page(
        "tray_review_late.html",
        title="It was answered before you" if asked.answered_by else "It is no longer yours to answer",
        status=409 if visit.is_post else 200,
        item=asked,
        typed=typed,
        decisions=CAUSES,
        decided=decided,
        looked_through=typed.is_ticked(REST, "yes"),
        not_looked_at=[one for one in typed.cases if typed.is_ticked(NOT_LOOKED_AT, one.listed.ref)],
    )


def _list(visit: Visit, review: _Review) -> Response:
    """Everybody, with a decision for those by themselves and ticks for the rest."""
    return _page(
        visit,
        "tray_review.html",
        review,
        "Review of the whole tray",
        alone=[one for one in review.typed.cases if one.listed.is_alone],
        rest=[one for one in review.typed.cases if not one.listed.is_alone],
        left=max(len(review.listed.cases) - SHOWN, 0),
        carried=_beyond_the_list(review.typed),
    )


def _more(visit: Visit, review: _Review) -> Response:
    """Worker, facts and reasons of those of whom more must be known."""
    shown = review.typed.say_more
    fields = forms.fields_of(LookedAt, without=("case",), offered=risk_prompts(visit.council.policy))
    choices = choices_on(visit.council, visit.today)
    written = [
        (
            one,
            forms.render(
                visit.desk.templates,
                fields,
                review.typed.fields_of(one),
                [each for each in review.problems if (each.field_name or "").startswith(prefix_of(one))],
                prefix=prefix_of(one),
                choices=choices,
            ),
        )
        for one in shown
    ]
    title = "More about one case" if len(shown) == 1 else f"More about {len(shown)} cases"
    return _page(visit, "tray_review_more.html", review, title, shown=written, carried=review.typed.beside(shown))


def _check(visit: Visit, review: _Review, answer: dict[str, Any]) -> Response:
    """Check your answers."""
    typed, choices = review.typed, choices_on(visit.council, visit.today)
    decided = [
        (case, CAUSES[AfterLooking(one["decision"])], _rows(one, choices))
        for case, one in zip(typed.by_itself, answer.get("one_by_one", ()), strict=True)
    ]
    own = {one.number for one in typed.by_itself}
    rest = [one for one in typed.cases if not one.listed.is_alone and one.number not in own]
    looked = typed.is_ticked(REST, "yes")
    through = [one for one in rest if looked and not typed.is_ticked(NOT_LOOKED_AT, one.listed.ref)]
    done = own | {one.number for one in through}
    return _page(
        visit,
        "tray_review_check.html",
        review,
        "Check your answers",
        decided=decided,
        through=len(through),
        left=[one for one in typed.cases if one.number not in done],
        left_beyond=max(len(review.listed.cases) - SHOWN, 0),
        carried=list(typed.pairs),
    )


def _page(visit: Visit, template: str, review: _Review, title: str, **context: Any) -> Response:
    wrong = bool(review.problems)
    return visit.page(
        template,
        title=f"Error: {title}" if wrong else title,
        heading=title,
        status=422 if wrong else 409 if review.has_changed and visit.is_post else 200,
        item=review.asked,
        review=review,
        typed=review.typed,
        errors=forms.summary(review.problems),
        decisions=CAUSES,
        element_id=forms.element_id,
        prefix_of=prefix_of,
        news=[(entry.at, told(entry)) for entry in review.news],
        seen_entry_no=review.asked.head_no if review.has_changed else _seen(visit, review) or review.asked.head_no,
        **context,
    )


def _rows(said: dict[str, Any], choices: Any) -> list[tuple[str, str]]:
    """What was said about one case besides the decision."""
    kept = {name: value for name, value in said.items() if name not in ("case", "decision")}
    if said["decision"] != AfterLooking.RATE_AGAIN:
        kept.pop("facts_changed", None)
    return forms.in_words(LookedAt, kept, choices)


def _beyond_the_list(typed: ReviewTyped) -> list[tuple[str, str]]:
    """What was typed on the second page already, which the list carries along."""
    decisions = {f"{prefix_of(one)}decision" for one in typed.cases if one.listed.is_alone}
    return [
        (name, value) for name, value in typed.pairs if name.startswith("one_by_one.") and name not in decisions
    ]  # fmt: skip


def _first_to_decide(typed: ReviewTyped) -> str:
    """The field to which the way leads where nothing was chosen."""
    rest = any(not one.listed.is_alone for one in typed.cases)
    return REST if rest or not typed.cases else f"{prefix_of(typed.cases[0])}decision"


def _own(pairs: Sequence[tuple[str, str]]) -> Pairs:
    return [pair for pair in pairs if pair[0].partition(".")[0] in _OWN]


def _keep(visit: Visit, pairs: Pairs) -> None:
    keep_draft(visit.council, visit.member.id, visit.path, pairs, visit.now, seen_entry_no=_seen_no(visit))


def _seen(visit: Visit, review: _Review) -> int | None:
    """The last entry of the review that they had before them."""
    return review.draft.seen_entry_no if review.draft is not None else _seen_no(visit)


def _seen_no(visit: Visit) -> int | None:
    return whole_number(visit.sent(SEEN))
