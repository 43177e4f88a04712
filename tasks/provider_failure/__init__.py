"""A provider fails: its people's list, the differences between lists, the counts, and how each of them stands."""
