"""
Who works while the office is closed, and what is in their hands.

`rota` says who is on call at a moment and what is wrong with what is known of it, `nights` what a night and its work
are, and `tables` keeps both. A night is the whole time from one closing of the office to its next opening.
"""
