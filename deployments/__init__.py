"""
What runs, where and when: the `pathways` command, the worker, the schedules, the doors for mail, the migrations.

No rule of a procedure lives here.
"""
