"""
The fault campaign: thousands of small lives of the system, in each of which things go wrong at random instants.

A trial has a database of its own, real processes that play the worker, the doors, staff, the post and housekeeping,
and a conductor that lets one of them go on at a time and kills, stalls or cuts it off as the trial's seed says. So the
seed repeats the trial. Afterwards everything is mended, and `invariants` are checked from the ledger.
`python -m tests.faults` runs it.
"""
