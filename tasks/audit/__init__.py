"""
Proof that the ledgers are whole, and the record of who looked.

`sealing` states at intervals which ledger heads stand, with a witness outside the database. `verifying` finds what does
not hold: `chain` looks at one case's entries, `beside` at the rows that tell the same story, `sealed` at the seals,
their witness and the access log, `held` at legal holds and erasures, `lost` at cases that only traces are left of;
`reading` reads the tables as they really stand, and `faults` says what can be found. `access_log` notes who looked,
`exporting` writes ledgers out for others to check, `case_file` gathers everything that is held on a case, `erasing`
removes what entries say when its time has passed. `chaining` is what they share.
"""
