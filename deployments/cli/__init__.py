"""
The `pathways` command: one module per noun, loaded only when its noun is called, so that each starts quickly.

`shared` opens the council and says who looks, `reading` takes in what people hand over, `printing` writes for people
and for programs. Exit codes: 0 done, 1 a check did not hold, 2 the call or its input was wrong.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from deployments.cli.ending import at_end
from deployments.cli.printing import complain
from models.errors import PathwaysError

COMMANDS = {
    "up": "run the whole system on this machine",
    "worker": "run a worker by itself; several machines may",
    "serve": "run the worklist and the doors by themselves; several machines may",
    "deploy": "declare the work pool and every deployment to Prefect's server",
    "prefect-server": "run Prefect's server by itself",
    "health": "what works and what does not, and what to do",
    "case": "list, show, export and signal cases",
    "work": "list, show, take and answer work items",
    "intake": "take in e-mails and letters, and look at what came",
    "tray": "who waits on the planned work tray, today or on any past day, and the figures of a period",
    "unseen": "everybody who waits on the council, and whom nobody is looking after",
    "on-call": "who is on call, and what cannot wait while the office is closed",
    "incident": "a provider fails: who is affected, by need, and lists of people that come in",
    "out-of-area": "who is placed in another council's area, or here by another, and what is overdue",
    "market": "oversight of providers: figures, decisions and what came of them, and recruitment from abroad",
    "move": "moves between services: open ones by stage, delays, gaps in care, refusals and missed checks",
    "brokerage": "how many referrals brokerage receives, and how soon it answers",
    "contingency": "plans for interruptions, and which provider or duty has none",
    "register": "import the recording system's extract, and look in it",
    "recording-system": "the example council's recording system, by hand",
    "notices": "what each worker was told in a day, and what waits to be told",
    "audit": "verify, seal and export the ledgers",
    "hold": "keep a case, or everything about a person, whatever the retention schedule says",
    "retention": "what is kept and for how long, what is due, and erasing it",
    "policy": "check a policy file, and see what it would do to open cases",
    "clauses": "which clauses of the procedures are done, and where",
    "api-token": "make, list and end the tokens of programs that use the worklist's JSON API",
    "recover": "bring every open case back to a run in Prefect that wakes it",
    "backup": "take a copy of everything while all runs, and prove it",
    "restore": "put a backup in place, and keep what it replaces",
    "migrate": "bring the database to this version",
    "replay": "would open cases go on the same way under this version?",
    "simulate": "run a procedure for invented cases under a virtual clock",
}
"""Each command and what it does, in the order of `pathways --help`; each is the module of its name."""


class _Commands(TyperGroup):
    """Loads the module of a command when the command is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(importlib.import_module(f"deployments.cli.{cmd_name.replace('-', '_')}").app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=_Commands, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True
)


@app.callback()
def pathways(
    debug: bool = typer.Option(False, "--debug", help="Show where an unexpected error arose; may show personal data."),
) -> None:
    """Run a council's adult social care procedures."""


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one call; gives its exit code. Every error ends as one sentence on stderr."""
    try:
        return _run(arguments)
    finally:
        at_end.close()


def _run(arguments: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter still shows the rest
    try:
        typer.main.get_command(app).main(args=list(arguments), prog_name="pathways")
    except SystemExit as ended:
        return _flushed(ended.code if isinstance(ended.code, int) else 0)
    except PathwaysError as wrong:
        complain(str(wrong))
        return _flushed(wrong.exit_code)
    except KeyboardInterrupt:
        return 130
    except Exception as caught:  # its text may be personal, so only its kind is told
        if "--debug" in arguments:
            traceback.print_exc()
        complain(
            f"that could not be done, by a fault of ours ({type(caught).__name__}): run `pathways --debug` with the "
            "same words to see where, and tell whoever looks after the system"
        )
        return _flushed(2)
    return _flushed(0)


def _flushed(code: int) -> int:
    """The exit code, once all is written; quiet where the reader of a pipe has gone."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
