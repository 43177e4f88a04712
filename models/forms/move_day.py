"""What is asked about gaps in care, about a move that cannot go on, on its day and afterwards."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen
from models.forms.going_over import WentOver
from models.moves.kinds import Decided, GapWay
from models.roles import Role


class GapClosed(Form):
    """
    The care that somebody has ends before the new one begins. Nobody is left without in between (TRN-04).

    The old service goes on, somebody else gives the care meanwhile, or the new one begins sooner: each agreed by name.
    If none of these, say so: then a manager decides, and nobody moves like that.
    """

    title: ClassVar[str] = "closing a gap in the care of somebody who moves"
    asks_about_safeguarding: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"until", "new_day"})
    labels: ClassVar[dict[str, str]] = {
        "way": "How it is closed",
        "by_whom": "Who gives the care, and who there has agreed to it",
        "until": "The first day without that",
        "new_day": "The day on which the new service begins",
        "because": "Why none of these",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "by_whom": ShownWhen("way", (GapWay.OLD_GOES_ON, GapWay.INTERIM, GapWay.SOONER)),
        "until": ShownWhen("way", (GapWay.OLD_GOES_ON, GapWay.INTERIM)),
        "new_day": ShownWhen("way", (GapWay.SOONER,)),
        "because": ShownWhen("way", (GapWay.REFUSED,)),
    }

    way: GapWay
    by_whom: str = ""
    until: date | None = None
    """It lasts until the day before: as a rule the day of the move, or later."""
    new_day: date | None = None
    because: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        match self.way:
            case GapWay.REFUSED:
                if not self.because:
                    raise ValueError("say in because why none of these")
            case GapWay.SOONER:
                if not self.by_whom or self.new_day is None:
                    raise ValueError("say who has agreed to begin sooner, and the day")
            case GapWay.OLD_GOES_ON | GapWay.INTERIM:
                if not self.by_whom or self.until is None:
                    raise ValueError("say who gives the care, and the first day without it")
        return self


class MoveDecided(Form):
    """
    A move cannot go on as it stands: it is not ready, somebody refuses, or it cannot wait. You decide what is done.

    Why, and what is missing, stands beside the form. In an emergency they can move before all is prepared: say why, and
    what is missing is chased at once. Nobody who can decide for themselves is moved against their will.
    """

    title: ClassVar[str] = "deciding about a move that cannot go on as it stands"
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = (
        Role.TEAM_MANAGER,
        Role.STRATEGIC_MANAGER,
        Role.HEAD_OF_SERVICE,
        Role.ON_CALL_MANAGER,
    )
    coming_dates: ClassVar[frozenset[str]] = frozenset({"new_day"})
    labels: ClassVar[dict[str, str]] = {
        "decided": "What you decide",
        "reasons": "Why",
        "new_day": "The new day",
        "safe_by": "Who is with them and gives their care meanwhile, by name",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "new_day": ShownWhen("decided", (Decided.PUT_OFF,)),
        "safe_by": ShownWhen("decided", (Decided.NOW, Decided.NO_MOVE)),
    }

    decided: Decided
    reasons: str = Field(min_length=1)
    new_day: date | None = None
    safe_by: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.decided is Decided.PUT_OFF and self.new_day is None:
            raise ValueError("say in new_day on which day they move")
        if self.decided in (Decided.NOW, Decided.NO_MOVE) and not self.safe_by:
            raise ValueError("say in safe_by who gives their care, by name")
        return self


class MoveDay(WentOver):
    """Today somebody moves. Say once they are there and the new service has begun, or why not and when it will."""

    title: ClassVar[str] = "the day on which somebody moves"
    labels: ClassVar[dict[str, str]] = WentOver.labels | {
        "old_ended": "Who told the old service that it can end, and from when",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = WentOver.shown_when | {"old_ended": ShownWhen("done", (True,))}

    old_ended: str = ""

    @model_validator(mode="after")
    def _says_how_the_old_one_ended(self) -> Self:
        if self.done and not self.old_ended:
            raise ValueError("say in old_ended who told the old service that it can end, and from when")
        return self

    @property
    def reached_the_person(self) -> bool:
        """Whoever received them has seen them."""
        return self.done


class MoveChecked(Form):
    """Somebody has moved. See whether they are well, feel safe there, and have what was arranged."""

    title: ClassVar[str] = "how somebody is who has moved"
    asks_about_safeguarding: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"look_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "well": "Are they well there, and do they feel safe?",
        "what_next": "What happens next, and who does it",
        "trouble": "What is not right",
        "put_right": "What is done about it, and by whom",
        "look_again_on": "When it is looked at again",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "what_next": ShownWhen("well", (True,)),
        "trouble": ShownWhen("well", (False,)),
        "put_right": ShownWhen("well", (False,)),
        "look_again_on": ShownWhen("well", (False,)),
    }

    well: bool
    what_next: str = ""
    trouble: str = ""
    put_right: str = ""
    look_again_on: date | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.well and not self.what_next:
            raise ValueError("say in what_next what happens next, and who does it")
        if not self.well and (not self.trouble or not self.put_right or self.look_again_on is None):
            raise ValueError("say what is not right, what is done about it, and when it is looked at again")
        return self

    @property
    def reached_the_person(self) -> bool:
        """Whoever checks it has seen them or spoken with them."""
        return True
