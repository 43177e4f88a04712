"""The one list: each working morning managers hear how many people nobody may be looking after."""

from __future__ import annotations

from flows.house import house_flow
from tasks.tray.days_contacts import tell_of_the_days_contacts
from tasks.unseen.morning import tell_of_the_one_list


@house_flow("The one list")
def unseen_list() -> None:
    """
    Go through everybody who waits on the council, in any procedure, and tell the managers of the teams concerned.

    They hear a number with their first digest: of those for whom something is overdue, nothing is due on any day, or
    the recording system shows that they wait and we have no case. The list itself is `pathways unseen`. They hear as
    well how many contacts were made with people on their tray since the last working morning, whose list is `pathways
    tray contacts` (PWT-51). On days on which the council is closed nothing happens.
    """
    tell_of_the_one_list()
    tell_of_the_days_contacts()
