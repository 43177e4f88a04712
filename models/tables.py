"""Every table of ours, imported in one place: what migrations compare with and tests create."""

from models import audit, cases, mail, outbox, register
from models.base import Base

metadata = Base.metadata

__all__ = ["audit", "cases", "mail", "metadata", "outbox", "register"]
