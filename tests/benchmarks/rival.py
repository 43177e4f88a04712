"""Another engine, run beside ours: it lives in a process of its own and is asked for one round at a time."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType

CHECKOUT = Path(__file__).parents[2]
PYTHON = CHECKOUT / ".venv-bench" / "bin" / "python"


class Rival:
    """A program of `rivals/`, to be used in a `with`. Raises `FileNotFoundError` where they are not installed."""

    def __init__(self, program: str, *arguments: str) -> None:
        if not PYTHON.exists():
            raise FileNotFoundError("the other engines are not installed: run `make .venv-bench/.installed` first")
        script = Path(__file__).parent / "rivals" / f"{program}.py"
        self._process = subprocess.Popen(
            [PYTHON, script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip

    def round(self, size: int) -> float:
        """The seconds that it takes for a round of so many."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{size}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def __enter__(self) -> Rival:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
