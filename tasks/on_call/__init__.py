"""
What is done while the office is closed.

`rota_text` reads the council's rota, `rota_reading` keeps it, `rota_watch` raises the alarm where it cannot be relied
on, and `looking` says who is on call. `choosing` finds what cannot wait until the morning, `round` brings it to the
night's case every minute, `holding` notes who has it in hand, and `night_steps` are the steps of the procedure.
"""
