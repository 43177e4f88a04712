"""
Backup and restore: one archive with all that an installation needs, proven when it is taken and when it is put back.

`taking` makes it while everything runs, `proving` opens a copy and checks every chain, `restoring` puts it in place,
and `switching` sees that a home has the old files or the new ones, never some of each. `postgres` does the same for a
database that is not a file. A backup holds personal data and passwords: it is its owner's alone (mode 0600).
"""
