"""
What /health looks at: one function a part, which gives the empty text or says what is wrong and what to do.

`ours` asks our database, `prefect` Prefect's server, `machine` the machine; `asking` puts the questions side by side
and waits for none of them longer than it may. Each part has its page in `docs/runbook/`, under its own name.
"""
