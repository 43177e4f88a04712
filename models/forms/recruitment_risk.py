"""The facts, forms and signals of the risk that comes with recruitment from abroad (TRN-57 to TRN-60)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.forms.brokerage import Urgency
from models.forms.commissioning import DECIDERS
from models.market.kinds import Licence, Partner, RecruitmentAction, RecruitmentSign, RiskLevel
from models.provider_failure.kinds import Trigger
from models.roles import Role


class RecruitmentRiskWanted(CaseFacts):
    """A provider uses staff from abroad under sponsorship, and the risk in that is weighed."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"provider": RegisterKind.PROVIDER}
    labels: ClassVar[dict[str, str]] = {"provider": "The provider", "why": "Why it is looked at, and what is known"}

    provider: str
    """Register id."""
    why: str = Field(min_length=1)


class RecruitmentRiskAssessed(Form):
    """
    Say what only a person can find out about this provider’s recruitment from abroad. What the register has is beside.

    If anybody may be in danger now, ring 999 first. Signs of modern slavery become a safeguarding concern at once.
    """

    title: ClassVar[str] = "what is known of a provider’s recruitment from abroad"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "licence": "How its sponsorship licence stands",
        "how_known": "How that is known, and since when",
        "staff": "How many staff it has, where the register does not know or is wrong",
        "sponsored_staff": "How many of them are sponsored, where the register does not know or is wrong",
        "signs": "Signs of unethical recruitment",
        "what_was_seen": "What was seen or said, and by whom",
        "partners_said": "What partners said: police, Home Office, regulator, other councils",
        "modern_slavery": "Are there signs of modern slavery?",
        "danger_or_crime": "Is anybody in danger now, or may a crime have been committed?",
        "rang_999": "Was 999 rung?",
        "not_rung_because": "Why 999 was not rung",
        "raised_already_as": "The id of the safeguarding concern, if it was raised already",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "danger_or_crime": ShownWhen("modern_slavery", (True,)),
        "rang_999": ShownWhen("danger_or_crime", (True,)),
        "not_rung_because": ShownWhen("danger_or_crime", (True,)),
        "raised_already_as": ShownWhen("modern_slavery", (True,)),
    }
    causes: ClassVar[tuple[str, ...]] = (
        "The level of risk is worked out from this and the register.",
        "Signs of modern slavery raise a safeguarding concern at once.",
    )

    licence: Licence
    how_known: str = Field(min_length=1)
    staff: int | None = Field(default=None, ge=1, le=100_000)
    sponsored_staff: int | None = Field(default=None, ge=0, le=100_000)
    signs: frozenset[RecruitmentSign] = frozenset()
    what_was_seen: str = ""
    partners_said: str = ""
    modern_slavery: bool
    danger_or_crime: bool | None = None
    """Either is enough to ring 999 before anything else."""
    rang_999: bool = False
    not_rung_because: str = ""
    """Leave it empty where it was. Else who has rung, or why nobody need."""
    raised_already_as: str = ""
    """Leave it empty, and it is raised now."""

    @property
    def has_signs(self) -> bool:
        """Whether anything points to unethical recruitment or modern slavery."""
        return bool(self.signs) or self.modern_slavery

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.staff is None) != (self.sponsored_staff is None):
            raise ValueError("give staff and sponsored_staff together, or leave both to the register")
        if self.staff is not None and self.sponsored_staff is not None and self.sponsored_staff > self.staff:
            raise ValueError("sponsored_staff: there are no more sponsored staff than staff")
        if self.has_signs and not self.what_was_seen:
            raise ValueError("say in what_was_seen what was seen or said, and by whom")
        if self.modern_slavery and self.danger_or_crime is None:
            raise ValueError("danger_or_crime: say whether anybody is in danger now, or there may be a crime")
        if self.danger_or_crime and not self.rang_999 and not self.not_rung_because:
            raise ValueError("ring 999 now and say so in rang_999, or say in not_rung_because why nobody need")
        return self


class RecruitmentRiskDecided(Form):
    """
    Decide what is done about the risk. What the table gives, and the numbers on both sides, stand beside this form.

    Whoever has care from the provider is covered, whoever pays for them: safety comes first. How often it is looked at
    again follows from the level.
    """

    title: ClassVar[str] = "what is done about the risk in recruitment from abroad"
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    coming_dates: ClassVar[frozenset[str]] = frozenset(
        {"wanted_from", "stop_looked_at_on", "care_ends_on", "sooner_on"}
    )
    register_fields: ClassVar[dict[str, RegisterKind]] = {"team": RegisterKind.TEAM}
    labels: ClassVar[dict[str, str]] = {
        "actions": "What is done now",
        "reasons": "The reasons",
        "partners": "Which partners are told",
        "tell_what": "What they are told: the least that serves",
        "stop_looked_at_on": "The day on which it is looked at whether the stop goes on",
        "urgency": "How soon everybody must have other care",
        "wanted_from": "The day from which other care is wanted",
        "cause": "What has happened, or is about to",
        "care_ends_on": "The day from which people are without care",
        "team": "The team that leads the incident’s room",
        "another_level": "Another level than the table’s, if it does not fit",
        "another_because": "Why the table’s level does not fit",
        "sooner_on": "The day on which it is looked at again, if that is sooner than its level says",
        "ended_because": "Why it need not be looked at again",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "partners": ShownWhen("actions", (RecruitmentAction.TELL_PARTNERS,)),
        "tell_what": ShownWhen("actions", (RecruitmentAction.TELL_PARTNERS,)),
        "stop_looked_at_on": ShownWhen("actions", (RecruitmentAction.STOP,)),
        "urgency": ShownWhen("actions", (RecruitmentAction.MOVE_PEOPLE,)),
        "wanted_from": ShownWhen("actions", (RecruitmentAction.MOVE_PEOPLE,)),
        "cause": ShownWhen("actions", (RecruitmentAction.INCIDENT,)),
        "care_ends_on": ShownWhen("actions", (RecruitmentAction.INCIDENT,)),
        "team": ShownWhen("actions", (RecruitmentAction.INCIDENT,)),
        "another_because": ShownWhen("another_level", tuple(RiskLevel)),
    }
    causes: ClassVar[tuple[str, ...]] = (
        "What is chosen begins at once. A manager is asked where you depart from the table.",
    )

    actions: frozenset[RecruitmentAction] = frozenset()
    """Leave it empty where looking at it again is enough."""
    reasons: str = Field(min_length=1)
    partners: frozenset[Partner] = frozenset()
    tell_what: str = ""
    stop_looked_at_on: date | None = None
    urgency: Urgency | None = None
    wanted_from: date | None = None
    cause: Trigger | None = None
    care_ends_on: date | None = None
    team: str | None = None
    """Team id."""
    another_level: RiskLevel | None = None
    """Leave it empty where the table's fits."""
    another_because: str = ""
    sooner_on: date | None = None
    ended_because: str = ""
    """Leave it empty while the provider uses staff under sponsorship."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        wanted: tuple[tuple[RecruitmentAction, bool, str], ...] = (
            (RecruitmentAction.TELL_PARTNERS, bool(self.partners and self.tell_what), "partners and tell_what"),
            (RecruitmentAction.STOP, self.stop_looked_at_on is not None, "stop_looked_at_on"),
            (RecruitmentAction.MOVE_PEOPLE, bool(self.urgency and self.wanted_from), "urgency and wanted_from"),
            (
                RecruitmentAction.INCIDENT,
                bool(self.cause and self.care_ends_on and self.team),
                "cause, care_ends_on and team",
            ),
        )
        for action, is_said, fields in wanted:
            if action in self.actions and not is_said:
                raise ValueError(f"say {fields}, which {action} needs")
        if {RecruitmentAction.MOVE_PEOPLE, RecruitmentAction.INCIDENT} <= self.actions:
            raise ValueError("actions: an incident finds other care for everybody, so leave out move-people")
        if (self.another_level is None) == bool(self.another_because):
            raise ValueError("say another_level and another_because together, or neither")
        if self.ended_because and (self.actions or self.sooner_on):
            raise ValueError("ended_because: it cannot end with something still to be done, so leave one of them out")
        return self


class RiskLevelJudged(Form):
    """
    Commissioning would depart from the level of risk that the table gives. Judge whether that holds (GAP-22).

    What was decided beside it is under way already; the level says how often the provider is looked at again.
    """

    title: ClassVar[str] = "judging another level of risk than the table’s"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {"holds": "Does the other level hold?", "reasons": "Your reasons"}

    holds: bool
    reasons: str = Field(min_length=1)


class RecruitmentNews(Signal):
    """Something new about a provider's licence or recruitment: the risk is weighed again now."""

    title: ClassVar[str] = "news about a provider’s recruitment from abroad"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"what": "What is new, and who says so"}

    what: str = Field(min_length=1)
