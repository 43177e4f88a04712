"""The roles that a procedure speaks of, under neutral names; a council's own names are policy (GAP-49)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is, as far as a procedure asks."""

    DUTY_WORKER = "duty-worker"
    """Takes contacts as they come in, acts on what cannot wait and keeps in touch with people who wait."""
    PRACTITIONER = "practitioner"
    """A qualified worker to whom people are allocated."""
    TEAM_LEADER = "team-leader"
    """Leads one team day by day, decides on the tray and is the first to hear of silence."""
    TEAM_MANAGER = "team-manager"
    """Answers for a team's work, decides on the tray and covers the team leader."""
    STRATEGIC_MANAGER = "strategic-manager"
    """Answers for a service of several teams and agrees its local risk factors."""
    HEAD_OF_SERVICE = "head-of-service"
    """Answers for all teams and is the last step of every escalation."""
    ON_CALL_MANAGER = "on-call-manager"
    """Decides while the office is closed."""
    BROKERAGE = "brokerage"
    """Finds providers and arranges care with them."""
    COMMISSIONING = "commissioning"
    """Buys services, watches their quality and receives concerns about providers."""
    SAFEGUARDING_LEAD = "safeguarding-lead"
    """Leads enquiries into abuse and neglect, and settles what others cannot agree on safety."""
    REABLEMENT_LEAD = "reablement-lead"
    """Leads the service that helps people to regain their skills."""
    LEGAL = "legal"
    """Advises on the law."""
    CALDICOTT_LEAD = "caldicott-lead"
    """Guards confidential information and approves who may be told what."""
    DIRECT_PAYMENTS = "direct-payments"
    """Supports people who buy their own care or employ their own assistants."""
    FINANCE = "finance"
    """Pays invoices and assesses what people pay towards their care."""
    COMPLAINTS = "complaints"
    """Receives complaints and compliments and sees that they are answered."""
    INFORMATION_GOVERNANCE = "information-governance"
    """Answers requests for access to records and looks into breaches."""
    SYSTEMS = "systems"
    """Keeps this system and its connections running."""
    AUDITOR = "auditor"
    """Checks that the record is whole and who looked at what, without reading what it says."""

    @property
    def label(self) -> str:
        """The neutral name in words ("team leader")."""
        return self.value.replace("-", " ")

    def outranks(self, other: Role) -> bool:
        """
        True where this role stands above the other in the line of management.

        The line runs from duty worker and practitioner, who are equals, by team leader, team manager and
        strategic manager to head of service. A role beside the line outranks nobody, and nobody outranks it.
        """
        mine, theirs = _SENIORITY.get(self), _SENIORITY.get(other)
        return mine is not None and theirs is not None and mine > theirs

    @property
    def is_manager(self) -> bool:
        """True from team leader upwards in the line of management."""
        return _SENIORITY.get(self, 0) > 0


_SENIORITY = {
    Role.DUTY_WORKER: 0,
    Role.PRACTITIONER: 0,
    Role.TEAM_LEADER: 1,
    Role.TEAM_MANAGER: 2,
    Role.STRATEGIC_MANAGER: 3,
    Role.HEAD_OF_SERVICE: 4,
}
