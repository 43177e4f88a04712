"""A market with a theme, a decision and a weighed risk, for tests of its page."""

from __future__ import annotations

from models.forms.recruitment_risk import RecruitmentRiskAssessed
from models.market.kinds import Licence
from tasks.durable.testing import Office
from tasks.market.link_workers import open_cases_about
from tasks.market.weighing import RISK
from tests.procedures.market_stories import COMMISSIONER, D, considered, met, oversight, worry_about


def market(office: Office) -> str:
    """Two concerns about people at Willow Bank, looked at by its link worker; gives the ref of the oversight."""
    for person in ("P-106", "P-107"):
        worry_about(office, person)
    office.days_pass(1)
    case = oversight(office)
    office.answer(case, met(office), by=COMMISSIONER)
    office.answer(case, considered(D.LINK_WORKER, office=office), by=COMMISSIONER)
    with office.council.database.read() as session:
        risk = open_cases_about(session, RISK, office.clock.now())["larch-court"]
    known = RecruitmentRiskAssessed(licence=Licence.IN_FORCE, how_known="the public register", modern_slavery=False)
    office.answer(risk, known, by=COMMISSIONER)
    return case
