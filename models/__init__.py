"""
What is known: tables, forms, decision tables, policy, clock and calendar.

Nothing here talks to Prefect or to the network. `tasks/` does things with what is described here.
"""
