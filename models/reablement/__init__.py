"""
Somebody's reablement plan: what stands in it, what a change does to it, and the tables that keep its versions.

`plan` is the document, `edits` what is changed in it, `difference` says a change in plain words, `tables` keeps
versions, copies, changes under way, agreements and progress. What happens to a plan is told in `flows/reablement*.py`.
"""
