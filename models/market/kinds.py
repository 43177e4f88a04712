"""What oversight counts and decides about a provider, and what is asked about recruitment from abroad."""

from __future__ import annotations

from enum import StrEnum


class Figure(StrEnum):
    """What is counted about a provider, out of cases and tables; nobody keeps a tally beside them."""

    CONCERNS = "concerns"
    """Concerns about the provider that somebody raised."""
    SAFEGUARDING = "safeguarding"
    """Safeguarding concerns about people who have their care from it, or raised out of a concern about it."""
    STOPS = "stops"
    """Decisions not to use it for anybody new."""
    INCIDENTS = "incidents"
    """Incidents that were begun because it failed or might fail."""
    MOVES = "moves"
    """People who went over to other care, in an incident or by brokerage."""

    @property
    def is_about_people(self) -> bool:
        """Whether each is about somebody, so that it means something to how many people there are."""
        return self not in (Figure.STOPS, Figure.INCIDENTS)


class OversightDecision(StrEnum):
    """What a meeting decides about one provider (TRN-54 to TRN-56)."""

    WATCH = "watch"
    """Its figures are looked at again at the next meeting, whatever they are."""
    LINK_WORKER = "link-worker-looks"
    """Its link worker looks at the theme on the visits that go on anyway, and reports."""
    TARGETED_SUPPORT = "targeted-support"
    """It gets support for what lies behind the theme: a plan with it, and a practitioner's help where one is named."""
    EMERGENCY_GROUP = "emergency-group"
    """A response group comes together over whoever would be without care."""
    PREPARE = "prepare"
    """It is prepared who would take over whose care, in case it comes to a disruption."""
    NO_ACTION = "no-action"
    """Nothing is called for."""


class Seat(StrEnum):
    """For whom somebody sits in an oversight meeting or a response group."""

    COMMISSIONING = "commissioning"
    """Commissioning, which chairs it."""
    SAFEGUARDING = "safeguarding"
    """Those who carry out safeguarding."""
    SOCIAL_WORK = "social-work"
    """The teams that know the people."""
    BROKERAGE = "brokerage"
    """Those who find care."""
    LINK_WORKERS = "link-workers"
    """Those who visit providers."""
    HEALTH = "health"
    """The health service."""
    PUBLIC_HEALTH = "public-health"
    """Protection from infection."""
    FINANCE = "finance"
    """Money and contracts."""
    LEGAL = "legal"
    """Legal advice."""
    REGULATOR = "regulator"
    """The Care Quality Commission."""
    OTHER_COUNCIL = "other-council"
    """Another council whose people are there."""
    POLICE = "police"
    """The police."""


class Readiness(StrEnum):
    """What follows once it is prepared who would be without care."""

    HOLD = "stays-prepared"
    """It stays prepared, and is looked at again on a day."""
    BEGIN_INCIDENT = "begin-incident"
    """It has come to it: the incident begins at once."""
    STAND_DOWN = "stand-down"
    """It is not needed any more."""


class Licence(StrEnum):
    """How a provider's licence to sponsor staff from abroad stands."""

    IN_FORCE = "in-force"
    """It holds, and nobody looks into it."""
    UNDER_REVIEW = "under-review"
    """The Home Office looks into it."""
    SUSPENDED = "suspended"
    """It is suspended: nobody new can be sponsored."""
    REVOKED = "revoked"
    """It is gone: whoever was sponsored may not go on working there."""
    NONE = "none"
    """It has none, and sponsors nobody."""
    NOT_KNOWN = "not-known"
    """Nobody has found out."""


class RecruitmentSign(StrEnum):
    """What may point to unethical recruitment."""

    FEES = "fees"
    """Staff paid for their job or their certificate."""
    DEBT = "debt"
    """They owe the provider or an agent money that they work off."""
    DOCUMENTS = "documents-kept"
    """Somebody keeps their passport or papers."""
    PAY = "pay"
    """Pay is missing, or less than was promised."""
    HOURS = "hours"
    """They work hours that nobody could, or are given none."""
    HOUSING = "housing"
    """Where they live hangs on the job, or is overcrowded."""
    THREATS = "threats"
    """They are afraid to speak, or told that they would be sent away."""
    OTHER = "other"
    """Something else, which is described."""


class RiskLevel(StrEnum):
    """How great the risk is that comes with recruitment from abroad; the greatest first."""

    CRITICAL = "critical"
    """People may be without care, or are exploited, now."""
    HIGH = "high"
    """It may come to that within weeks."""
    MEDIUM = "medium"
    """Something has to be watched."""
    LOW = "low"
    """Nothing points to more than the ordinary."""

    @property
    def is_pressing(self) -> bool:
        """Whether what is done about it is decided on the same day."""
        return self is RiskLevel.CRITICAL


class Partner(StrEnum):
    """With whom the council works on it (TRN-57); each is told through the disclosure gate."""

    POLICE = "police"
    """They look into modern slavery as a crime."""
    LABOUR_ABUSE = "Gangmasters and Labour Abuse Authority"
    """It looks into labour that is exploited."""
    HOME_OFFICE = "Home Office"
    """It grants licences and takes them away."""
    REGULATOR = "Care Quality Commission"
    """It registers providers and inspects them."""
    OTHER_COUNCIL = "another council's commissioning service"
    """It has people with the provider, or the provider is in its area."""


class RecruitmentAction(StrEnum):
    """What is done about the risk, besides looking at it again (TRN-60)."""

    TELL_PARTNERS = "tell-partners"
    """Police and other partners are told, through the disclosure gate."""
    STOP = "stop"
    """Nobody new comes to the provider until that is lifted."""
    MOVE_PEOPLE = "move-people"
    """Brokerage finds other care for everybody who has care from it, whoever pays."""
    INCIDENT = "incident"
    """The incident of a failing provider begins at once."""
