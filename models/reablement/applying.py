"""What edits do to a plan: whether they still fit it, what is done already, and the plan after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.reablement.edits import MONITORING, EditKind, ItemEdit, PlanEdits
from models.reablement.plan import Monitoring, PlanContent


def unknown_items(edits: PlanEdits, seen: PlanContent) -> tuple[str, ...]:
    """Ids that edits name and the plan does not have."""
    return tuple(sorted(edits.touched - set(seen.items) - {MONITORING}))


def clash(edits: PlanEdits, seen: PlanContent, now: PlanContent) -> tuple[str, ...]:
    """Ids of what edits touch that is otherwise now than when their author saw it; empty: they fit."""
    before, after = seen.items, now.items
    moved = {one for one in edits.touched - {MONITORING} if before.get(one) != after.get(one)}
    if edits.monitoring is not None and seen.monitoring != now.monitoring:
        moved.add(MONITORING)
    return tuple(sorted(moved))


def without_what_is_done(edits: PlanEdits, seen: PlanContent, now: PlanContent) -> PlanEdits:
    """The edits without those that somebody else has made since their author looked: they want the same."""
    before, after = seen.items, now.items
    new = [one for one_id, one in after.items() if one_id not in before]

    def is_done(edit: ItemEdit) -> bool:
        stands = after.get(edit.item)
        match edit.edit:
            case EditKind.ADD:
                wanted = edit.makes(id=f"{edit.letter}1", **edit.given)
                return any(one.model_copy(update={"id": wanted.id}) == wanted for one in new)
            case EditKind.ALTER:
                moved = stands is not None and stands != before.get(edit.item)
                return moved and all(getattr(stands, name) == value for name, value in edit.given.items())
            case EditKind.TAKE_OUT:
                return stands is None

    left: dict[str, Any] = {
        name: tuple(one for one in getattr(edits, name) if not is_done(one))
        for name in ("outcomes", "visits", "support", "equipment", "involved")
    }
    watch = edits.monitoring
    if watch is not None and seen.monitoring != now.monitoring:
        same = watch.rhythm in (None, now.monitoring.rhythm) and watch.how in ("", now.monitoring.how)
        watch = None if same else watch
    return PlanEdits(**left, monitoring=watch)


def applied(edits: PlanEdits, content: PlanContent, *, last_numbers: Mapping[str, int]) -> PlanContent:
    """
    The plan after the edits.

    `last_numbers` is by letter the highest number that an item of the plan ever had, so that an id never comes to mean
    something else. Raises KeyError where an edit names an item that is not there: ask `unknown_items` and `clash`
    first.
    """
    items = dict(content.items)
    numbers = dict(last_numbers)
    for edit in edits.of_items:
        match edit.edit:
            case EditKind.ADD:
                numbers[edit.letter] = numbers.get(edit.letter, 0) + 1
                new = edit.makes(id=f"{edit.letter}{numbers[edit.letter]}", **edit.given)
                items[new.id] = new
            case EditKind.ALTER:
                stood = items[edit.item]
                items[edit.item] = type(stood).model_validate({**dict(stood), **edit.given})
            case EditKind.TAKE_OUT:
                del items[edit.item]
    monitoring = content.monitoring
    if edits.monitoring is not None:
        rhythm, how = edits.monitoring.rhythm or monitoring.rhythm, edits.monitoring.how or monitoring.how
        monitoring = Monitoring(rhythm=rhythm, how=how)
    return content.with_items(items.values(), monitoring)


def numbered(contents: Iterable[PlanContent]) -> dict[str, int]:
    """The highest number of each letter in all versions of a plan."""
    highest: dict[str, int] = {}
    for content in contents:
        for one in content.items:
            highest[one[0]] = max(highest.get(one[0], 0), int(one[1:]))
    return highest
