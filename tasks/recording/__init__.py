"""
The council's recording system, and how notes come to stand in it (GAP-55).

`interface` says what we ask of such a system, `connected` which one this installation has, and `embedded` is the
example council's own. `keeping` has the steps by which a flow wants a note and waits for it, `leaving` the one by which
it leaves one; `writing` writes those that a machine may write, and `sighting` finds them in the extract. Flows use the
words `keep_note` (flows/recording.py) and `leave_note` (flows/leaving_notes.py).
"""
