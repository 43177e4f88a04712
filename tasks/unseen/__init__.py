"""
The one list: everybody who waits on the council in any procedure, and whom nobody is looking after.

`cases` reads each open case out of its ledger, `reached` when somebody last really reached a person, `lines` makes one
line for each person, worst first, and `morning` tells managers each working morning. All of it can be asked for any
past day: only what was entered by then counts (`tasks/as_of.py`).
"""
