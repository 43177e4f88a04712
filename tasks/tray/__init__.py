"""
The planned work tray: how somebody who waits stands, and the lists and figures made from that.

`standing` has the steps that change how somebody stands; `rating` asks the decision tables; `listing` and `reporting`
tell any day from the ledger.
"""
