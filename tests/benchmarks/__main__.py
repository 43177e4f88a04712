"""`make bench`: the ratios that need no server, as JSON."""

from __future__ import annotations

import json
import sys

from tests.benchmarks.steps import leg_by_length, step_against_bare
from tests.benchmarks.worklist_lists import measured

json.dump({"step": step_against_bare(), "leg": leg_by_length(), "worklist": measured()}, sys.stdout, indent=2)
sys.stdout.write("\n")
