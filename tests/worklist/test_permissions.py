"""Permissions: one table, nothing outside of it, and every page held against it as every role."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from deployments.worklist.pages import EVERY_PAGE
from deployments.worklist.routing import Page
from models.permissions import PERMISSIONS, Action, Permission, Reach, reach_of
from models.register import Staff
from models.roles import Role
from tasks.durable.testing import Office
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]


def test_each_action_stands_in_the_table_once() -> None:
    """No action is left to chance, and none has two answers."""
    assert sorted(one.action for one in PERMISSIONS) == sorted(Action)


def test_a_role_that_is_not_named_may_not() -> None:
    """What a row does not say is refused: finance sees nobody's tray."""
    assert reach_of(Role.FINANCE, Action.SEE_TRAY) is Reach.NOTHING
    assert Permission(Action.AUDIT, "", {}).of(Role.HEAD_OF_SERVICE) is Reach.NOTHING


def test_an_auditor_reads_no_case() -> None:
    """An auditor sees that the record holds, and may do nothing by which its content is read."""
    reading = (Action.READ_CASE, Action.SEE_WORK, Action.FIND_PERSON, Action.SEE_RED_LIST, Action.EXPORT_CASE)
    assert {reach_of(Role.AUDITOR, one) for one in (*reading, Action.SEE_TRAY, Action.SEE_ONE_LIST)} == {Reach.NOTHING}
    assert [role for role in Role if reach_of(role, Action.AUDIT)] == [Role.AUDITOR]


@pytest.mark.parametrize("role", Role)
def test_every_page_is_refused_to_every_role_that_may_not_open_it(role: Role, at_work: AtWork, office: Office) -> None:
    """Each page of the worklist as each role: 403 where the table says nothing, and never 403 by the page itself."""
    browser = at_work(_somebody(office, role))
    for page in EVERY_PAGE:
        for method in page.methods:
            status = browser.request(method, _any_path(page), follow=False).status_code
            if reach_of(role, page.action) is Reach.NOTHING:
                assert status == 403, (role, page.name)
            else:
                assert status < 500, (role, page.name)
                assert status != 403, (role, page.name)


def test_every_page_leads_a_stranger_to_signing_in(stranger: Browser) -> None:
    """Nothing is shown, and nothing is done, before somebody has signed in."""
    for page in EVERY_PAGE:
        for method in page.methods:
            answer = stranger.request(method, _any_path(page), follow=False)
            assert (answer.status_code, answer.headers.get("location", "").split("?")[0]) == (303, "/sign-in"), (
                page.name
            )


def _somebody(office: Office, role: Role) -> str:
    """Somebody of that role in the register; whoever does business support, where the example has nobody of it."""
    with office.council.database.write() as session:
        found = session.scalar(select(Staff).where(Staff.role == role, Staff.left_on.is_(None)).order_by(Staff.id))
        if found is None:
            found = Staff(id=f"only-{role}", name="Una Solo", email=None, role=role, team_id="business-support")
            session.add(found)
        return found.id


def _any_path(page: Page) -> str:
    """A path of the page, of something that is not there."""
    return re.sub(r"{[^}]*}", "7K3Q-9PXM", page.path)
