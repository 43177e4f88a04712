"""Contingency plans: what they are for (`kinds`), the register of them (`tables`), and when they are due (`clocks`)."""
