"""
What is found out and noted about safeguarding concerns, and about a pause of reablement for their sake.

`concerns` finds the routes and times of a concern and whose reablement must hear of it; `pausing` what whoever decides
about a pause reads, and its clock; `checks` holds answers against the plan and the policy.
"""
