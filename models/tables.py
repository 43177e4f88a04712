"""Every table of ours, imported in one place: what migrations compare with and tests create."""

from models import audit, cases, doors, mail, outbox, person_messages, recording, register
from models.base import Base

metadata = Base.metadata

__all__ = ["audit", "cases", "doors", "mail", "metadata", "outbox", "person_messages", "recording", "register"]
