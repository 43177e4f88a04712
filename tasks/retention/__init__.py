"""
What is kept and for how long: legal holds, what is due for erasure, and erasing it.

`columns` says of every column of ours what it holds and when that goes. `belonging` knows which cases and people
belong together, `holds` places and lifts holds and says what one covers, `due` finds what the schedule lets go.
`case_erasing` erases one case with all that hangs on it, `mail_erasing` what came, `leftovers` drafts, sign-in
records, people of the register and the access log, and `running` does one whole run; `reporting` counts. `naming` finds
in a text whom it names. The schedule itself is policy (`models/policy/retention`).
"""
