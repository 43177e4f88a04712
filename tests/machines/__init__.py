"""The parts started singly: units, containers, and what must be set before a door is opened."""
