"""The on-call rota: every ten minutes, the council's calendar of who works while the office is closed is read."""

from __future__ import annotations

from flows.house import house_flow
from tasks.on_call.rota_reading import read_rota


@house_flow("On-call rota")
def on_call_rota() -> None:
    """
    Read the rota of the connections file; without one, do nothing.

    What cannot be read leaves what was read before, which grows old. Housekeeping sees that, and an hour for which the
    rota names nobody of ours, and opens a case for whoever keeps the rota.
    """
    read_rota()
