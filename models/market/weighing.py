"""The two sides of the balance that recruitment from abroad is weighed by, and what the table makes of them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from models.market.kinds import RiskLevel


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Balance(_Frozen):
    """A provider's staff under sponsorship, and the people it supports (TRN-59)."""

    name: str
    staff: int | None
    """None: the register does not know."""
    sponsored_staff: int | None
    people: int
    """With a package of care, whoever pays."""
    with_high_needs: int
    """Of those: two carers at once, medicine at its time, or living alone."""
    self_funders: int
    said_by_a_person: bool = False
    """Whether the numbers of staff are somebody's and not the register's."""

    def corrected(self, staff: int | None, sponsored_staff: int | None) -> Balance:
        """With the numbers that somebody gave, where they gave any."""
        if staff is None or sponsored_staff is None:
            return self
        numbers = {"staff": staff, "sponsored_staff": sponsored_staff, "said_by_a_person": True}
        return self.model_copy(update=numbers)

    @property
    def share_percent(self) -> float | None:
        """How many of a hundred staff are sponsored; None where that is not known."""
        if not self.staff or self.sponsored_staff is None:
            return None
        return 100 * self.sponsored_staff / self.staff

    @property
    def share_in_words(self) -> str:
        """The share with both its numbers."""
        share = self.share_percent
        if share is None:
            return "how many staff are sponsored is not known"
        whose = " (as somebody said)" if self.said_by_a_person else ""
        return f"{self.sponsored_staff} of {self.staff} staff are sponsored, {share:.0f} in a hundred{whose}"

    @property
    def in_words(self) -> str:
        """Both sides, for the story of the case and beside forms: numbers alone."""
        whom = "1 person has" if self.people == 1 else f"{self.people} people have"
        return (
            f"{self.share_in_words}; {whom} care from it, {self.with_high_needs} with high needs, "
            f"{self.self_funders} paying for themselves"
        )


class Weighed(_Frozen):
    """What the table gives, which row gave it, and on which answers."""

    balance: Balance
    answers: Mapping[str, str]
    level: RiskLevel
    row: str
    clauses: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """For the story of the case and beside forms."""
        answers = ", ".join(f"{name} {answer}" for name, answer in self.answers.items())
        return f"{self.level} by row {self.row} ({answers})"
