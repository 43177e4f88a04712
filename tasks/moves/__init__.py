"""
Moves between services, settings and areas: what each step writes beside the ledger (`steps`), what answers are held
against (`checks`), and what managers see of all of them (`figures`).
"""
