"""
The procedures, one file each, named as staff name them and written to be read by a manager.

A flow says what happens, who decides and how long we wait. How it is done lies in `tasks/`.
"""
