"""
The example letters: what a council's duty desk might find in its mailbox on one morning.

Wenbridge, its people, its providers and every address are made up. The files are named after the branch of
the sorting that each shows; one of them is broken on purpose.
"""

from __future__ import annotations

from importlib.resources import files


def example_letters() -> list[tuple[str, bytes]]:
    """Every example letter as `(file name, original bytes)`, in the order of their names."""
    folder = files("deployments.example_council") / "letters"
    letters = [each for each in folder.iterdir() if each.name.endswith(".eml")]
    return [(letter.name, letter.read_bytes()) for letter in sorted(letters, key=lambda each: each.name)]
