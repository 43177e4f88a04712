"""England's bank holidays, with the days a council adds when one is proclaimed or withdrawn."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def england_bank_holidays(year: int) -> frozenset[date]:
    """
    The bank holidays of England in one year, substitute days among them.

    Asked for a year at a time: the library's own table grows while it is read, which two threads must not do.
    """
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
