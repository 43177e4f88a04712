"""
What is done with a reablement plan: it begins and ends, is changed, is agreed to, and copies of it are given.

`plans` begins, looks up and ends a plan; `versions` proposes a change and makes it a version; `agreements` knows who is
to be asked and what they said; `copies` knows who has which version. Each step locks the plan's row first, so that two
changes at the same time take turns, whichever case they belong to.
"""
