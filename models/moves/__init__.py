"""
Moves between services, settings and areas: their kinds (`kinds`), when things are due (`clocks`), and the rows that
lists and figures are made of (`tables`).
"""
