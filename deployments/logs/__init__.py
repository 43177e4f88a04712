"""
What the processes write into their logs: one JSON object a line, and nothing personal in any of them.

`wording` decides what of a record may be said, `lines` writes it as JSON or as text, `setting_up` puts both in place
in every process (Prefect's server and its stock workers take the same `logging.yaml`), `rotating` bounds the files.
"""
