"""
Setting up the worklist's styles and scripts: fetched from the npm registry, checked by hash, built once.

Nothing of it is committed. `make run` and `make test` call this; it does nothing where all is there already.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

from models.errors import PathwaysError

ASSETS = Path(__file__).parent / "assets"
BUILT = ASSETS / "built"
"""What is served under /assets/."""
_STAMP = BUILT / "made-from"
_SOURCES = ("package-lock.json", "pathways.scss", "_ours.scss")
_GOVUK = Path("node_modules/govuk-frontend/dist/govuk")


class CannotSetUp(PathwaysError):
    """The worklist's styles could not be fetched or built; the message says what to do."""


def set_up() -> None:
    """Fetch the Design System at its fixed version and build the styles. Raises `CannotSetUp`."""
    made_from = _made_from()
    if _STAMP.exists() and _STAMP.read_text() == made_from:
        return
    npm = _program("npm")
    _run([npm, "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"])
    BUILT.mkdir(exist_ok=True)
    sass = ASSETS / "node_modules" / "sass" / "sass.js"
    _run([_program("node"), str(sass), "--no-source-map", "--style=compressed", "--quiet-deps", *_styles()])
    shutil.copy(ASSETS / _GOVUK / "govuk-frontend.min.js", BUILT / "govuk-frontend.min.js")
    _STAMP.write_text(made_from)


def is_set_up() -> bool:
    """Whether the styles and scripts are there."""
    return _STAMP.exists()


def _styles() -> tuple[str, str]:
    return str(ASSETS / "pathways.scss"), str(BUILT / "pathways.css")


def _made_from() -> str:
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update((ASSETS / name).read_bytes())
    return digest.hexdigest()


def _program(name: str) -> str:
    """The machine's own, or the one from PyPI beside this Python."""
    beside = Path(sys.executable).parent
    found = shutil.which(name) or shutil.which(name, path=str(beside))
    if found is None:
        raise CannotSetUp(
            f"there is no {name} on this machine: install Node.js, or `pip install --require-hashes --no-deps -r "
            "requirements-node.lock`, and try again"
        )
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ASSETS, env=_environment(), capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise CannotSetUp(
            f"the worklist's styles could not be set up ({Path(command[0]).name} {command[1]}): {' '.join(said)}; "
            "see that the npm registry can be reached, and try again"
        )


def _environment() -> dict[str, str]:
    """With the Node beside this Python, where the machine has none; Node trusts what this machine trusts."""
    path = os.pathsep.join((os.environ.get("PATH", ""), str(Path(sys.executable).parent)))
    trusted = ssl.get_default_verify_paths().cafile
    certificates = {"NODE_EXTRA_CA_CERTS": trusted} if trusted else {}
    return certificates | dict(os.environ) | {"PATH": path}


if __name__ == "__main__":
    try:
        set_up()
    except PathwaysError as wrong:
        sys.stderr.write(f"{wrong}\n")
        sys.exit(wrong.exit_code)
