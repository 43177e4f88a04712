"""
The forms that people answer and the signals that come from outside, one module per procedure.

A form is a frozen Pydantic model: `pathways work list --json` shows its schema, an answer is checked against it, and
the flow receives it typed. Changing what an old answer means needs a new `version`.
"""
