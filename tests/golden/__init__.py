"""
Golden journals: recorded ledgers of every procedure, which stand for the cases that are open out there.

Each is replayed against today's code, from its first entry on and up to each of the others, so that a change which
would send an open case another way fails the build unless it is declared. `docs/changing-a-procedure.md` says how.
"""
