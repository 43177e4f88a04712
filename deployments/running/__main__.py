"""The whole system or one of its parts as a process: `python -m deployments.running up|worker|serve`."""

from __future__ import annotations

import sys

from deployments.logs.setting_up import set_up_logging
from models.errors import PathwaysError
from tasks.installation import Installation, settle_prefect_in


def main(part: str) -> int:
    """Run a part until it is told to stop; gives the exit code."""
    set_up_logging("serving" if part == "serve" else part)
    installation = Installation.from_environment()
    settle_prefect_in(installation)
    try:
        if part == "up":
            from deployments.running.up import up

            up(installation, empty=False, say=lambda line: print(line, flush=True))  # noqa: T201 - this is its output
        elif part == "worker":
            from deployments.running.work import work

            return work(installation)
        else:
            from deployments.running.serve import serve

            serve(installation)
    except PathwaysError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return wrong.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
