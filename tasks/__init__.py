"""
What is done: audited tasks, one noun per module.

`tasks/durable/` holds the core that every procedure rests on: the ledger, asking, waiting, waking.
"""
