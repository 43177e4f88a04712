"""
The register of people, staff, teams, allocations and absences.

`rows` says what a row of the recording system's extract must look like, `reading` reads its files,
`importing` brings them into the tables, and `lookups` answers what procedures ask of them.
"""
