"""A provider fails: the incident, the people whom it touches, and the lists that say who they are."""
