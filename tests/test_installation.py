"""Where an installation keeps its things, and who may read them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.installation import BadSetting, HomeUnusable, Installation, settle_prefect_in


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings and the file mode of this process are put back afterwards."""
    before, mask = dict(os.environ), os.umask(0o022)
    yield
    os.umask(mask)
    os.environ.clear()
    os.environ.update(before)


def installation(home: Path, **settings: str) -> Installation:
    """An installation in that folder."""
    return Installation.from_environment({"PATHWAYS_HOME": str(home), **settings})


def test_home_and_all_that_is_made_in_it_is_its_owners_alone(tmp_path: Path) -> None:
    """Personal data lies in the home: no other user of the machine may read the folder or a file made in it."""
    home = tmp_path / "home"
    settle_prefect_in(installation(home))
    (home / "pathways.db").write_text("x")
    assert (home.stat().st_mode & 0o777, (home / "pathways.db").stat().st_mode & 0o777) == (0o700, 0o600)


def test_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """A file in the way is told with the variable to change, and nothing is left half made."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(HomeUnusable, match="choose a folder that can be written"):
        settle_prefect_in(installation(tmp_path / "file" / "home"))


@pytest.mark.parametrize("port", ["0", "65536", "eighty"])
def test_port_that_is_none_is_refused_by_its_variable(tmp_path: Path, port: str) -> None:
    """A setting that cannot be used names its variable."""
    with pytest.raises(BadSetting, match="PATHWAYS_SMTP_PORT must be a port number"):
        installation(tmp_path, PATHWAYS_SMTP_PORT=port)


GOOD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_webhook_secrets_are_several_while_one_takes_anothers_place(tmp_path: Path, between: str) -> None:
    """Spaces or commas part them; nobody reads them in what an installation is shown as."""
    found = installation(tmp_path, PATHWAYS_WEBHOOK_SECRET=f"{GOOD_SECRET}{between}{GOOD_SECRET[:-1]}A")
    assert len(found.webhook_secrets) == 2
    assert GOOD_SECRET not in repr(found)
    assert installation(tmp_path).webhook_secrets == ()


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "whsec_Canary!", "pass-word", "whsec_ÄÖÜ"])
def test_webhook_secret_that_is_none_is_refused_without_being_repeated(tmp_path: Path, secret: str) -> None:
    """Which of them it is, and how it should be; never what was written."""
    with pytest.raises(BadSetting, match="PATHWAYS_WEBHOOK_SECRET: secret 2 of") as refused:
        installation(tmp_path, PATHWAYS_WEBHOOK_SECRET=f"{GOOD_SECRET} {secret}")
    assert not any(part in str(refused.value) for part in ("c2hv", "Canary", "pass", "ÄÖÜ", "MfKQ"))
