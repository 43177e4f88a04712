"""The seal over all ledgers, made at intervals by a schedule. It is housekeeping, and not a procedure."""

from __future__ import annotations

from flows.house import house_flow
from tasks.audit.sealing import seal
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.installation import Installation


@house_flow("Ledger seal")
def ledger_seal() -> int:
    """
    State which ledger heads stand, in the database and in the witness file beside it.

    Gives how many seals there are if one was made; 0 where no ledger had changed. Nobody acts. If it does not run, a
    loss of whole cases or of the ends of ledgers since the last seal may go unseen; the next run covers it again.
    """
    council = council_of_this_process()
    made = seal(council.database, council.clock.now(), Installation.from_environment().seals_file)
    return 0 if made is None else made.no
