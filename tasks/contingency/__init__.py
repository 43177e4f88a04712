"""
Contingency plans: the register of them (`keeping`), what answers are held against (`checks`), which of them applies to
an incident and what has none (`covering`), and the weekly word of that (`weekly`).
"""
