"""What the steps of a night come to."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)


class Told(_Found):
    """Cases that were offered to somebody, whom, and what follows where nobody has them in hand."""

    cases: tuple[str, ...]
    tags: tuple[str, ...]
    """Who is told."""
    next_at: AwareDatetime
    """When the next is told, unless somebody has it in hand."""
    why: tuple[str, ...] = ()
    """What is wrong with the rota, in words; it is told to others besides, then."""

    @property
    def in_words(self) -> str:
        """For the story of the night."""
        about = f" ({', '.join(self.why)})" if self.why else ""
        return f"{', '.join(self.cases)} to {', '.join(self.tags)}{about}"


class TeamsNight(_Found):
    """What one team has of a night in the morning."""

    team: str
    cases: tuple[str, ...]
    still_open: int
    """In how many of them something is still open."""

    @property
    def in_words(self) -> str:
        """For the story of the night."""
        return f"{self.team}: {len(self.cases)} in all, {self.still_open} with something still to be done"
