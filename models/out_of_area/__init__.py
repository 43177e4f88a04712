"""Out-of-area placements: people whom one council has placed in another's area, and what the tracker holds of them."""
