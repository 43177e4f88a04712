"""
The register: people, staff, teams, allocations and what else the recording system's extract tells.

`rows` says what a row of the extract must look like, `reading` reads its files, `applying` and `importing` bring them
into the tables, `taking_in` does at once what follows for the cases, and `lookups` answers what procedures ask.
"""
