"""
The clauses: what five adult social care procedures ask for, as our own data.

One TOML file per procedure document holds id, procedure, force and a short wording of ours; `plan.toml` says
what each procedure is planned with. `catalogue` reads them, `mentions` finds clause ids in running text. Ids
are never renumbered: a new clause gets the next number of its family.
"""
