"""DBOS's durable steps: for each line read (a number) it takes so many steps in a workflow and prints the seconds."""

import sys
import time

from dbos import DBOS

DBOS(config={"name": "steps", "system_database_url": sys.argv[1], "log_level": "ERROR"})


@DBOS.step()
def small_step(number: int) -> int:
    """The smallest step there is."""
    return number


@DBOS.workflow()
def counting(steps: int) -> None:
    """Take so many steps."""
    for number in range(steps):
        small_step(number)


DBOS.launch()
for line in sys.stdin:
    begun = time.perf_counter()
    counting(int(line))
    sys.stdout.write(f"{time.perf_counter() - begun}\n")
    sys.stdout.flush()
DBOS.destroy()
