"""Out-of-area placements: how one begins, is watched and ends, who hears of what, and what the register shows."""
