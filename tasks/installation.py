"""Where this installation keeps its things, from the environment: home folder, database, policy, ports."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import PathwaysError

LOOPBACK = "127.0.0.1"
SHORTEST_SECRET = 16
"""Bytes of a secret that signs webhook calls; 32 are better."""
CHECKOUT = Path(__file__).resolve().parent.parent
LOGGING_FILE = CHECKOUT / "deployments" / "logs" / "logging.yaml"
"""How every process logs, Prefect's own among them."""
SECRETS = (
    "PATHWAYS_DATABASE_URL",
    "PATHWAYS_METRICS_TOKEN",
    "PATHWAYS_WEBHOOK_SECRET",
    "PREFECT_API_AUTH_STRING",
    "PREFECT_REDIS_MESSAGING_URL",
    "PREFECT_SERVER_API_AUTH_STRING",
    "PREFECT_SERVER_DATABASE_CONNECTION_URL",
    "PREFECT_SERVER_DOCKET_URL",
)
"""Settings that hold a password. NAME_FILE may name a file instead, as systemd and Docker hand secrets over."""


class BadSetting(PathwaysError):
    """An environment variable cannot be used; the message names it and says what it should be."""


class HomeUnusable(PathwaysError):
    """The home folder cannot be made or written."""


@dataclass(frozen=True)
class Installation:
    """The settings of one installation. All have defaults that make one machine work on loopback."""

    home: Path
    database_url: str
    policy_file: Path
    apprise_file: Path
    connections_file: Path
    webhook_secrets: tuple[str, ...] = field(repr=False)
    """Secrets that sign webhook calls; several while one takes another's place. None: the door is shut."""
    port: int
    prefect_port: int
    smtp_port: int
    host: str = LOOPBACK
    """The address on which the worklist, the webhook doors and /health are served."""
    smtp_host: str = LOOPBACK
    """The address on which the mail door is."""
    backstop_seconds: float = 60
    """How often open cases are compared with Prefect's runs, beside Prefect's own schedule."""
    own_prefect: bool = True
    """Whether Prefect's server is started here; else PREFECT_API_URL says where it is."""
    metrics_token: str | None = field(default=None, repr=False)
    """What whoever reads /metrics must bear; None: it is read on this machine alone."""
    serving_address: str = ""
    """Where Prefect's server reaches the serving part; empty: on this machine."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Installation:
        """Read PATHWAYS_HOME and its siblings. Raises `BadSetting`."""
        env = with_secrets_read(os.environ if environment is None else environment)
        checkout = CHECKOUT if (CHECKOUT / "prefect.yaml").exists() else Path.cwd()
        home = Path(env.get("PATHWAYS_HOME") or checkout / ".pathways").expanduser().resolve()
        return cls(
            home=home,
            database_url=env.get("PATHWAYS_DATABASE_URL") or f"sqlite:///{home / 'pathways.db'}",
            policy_file=Path(env.get("PATHWAYS_POLICY") or home / "policy.toml"),
            apprise_file=Path(env.get("PATHWAYS_APPRISE") or home / "apprise.yaml"),
            connections_file=Path(env.get("PATHWAYS_CONNECTIONS") or home / "connections.toml"),
            webhook_secrets=_webhook_secrets(env),
            port=_port(env, "PATHWAYS_PORT", 8080),
            prefect_port=_port(env, "PATHWAYS_PREFECT_PORT", 4200),
            smtp_port=_port(env, "PATHWAYS_SMTP_PORT", 8025),
            host=env.get("PATHWAYS_HOST") or LOOPBACK,
            smtp_host=env.get("PATHWAYS_SMTP_HOST") or LOOPBACK,
            backstop_seconds=_seconds(env, "PATHWAYS_BACKSTOP_SECONDS", 60),
            own_prefect=not env.get("PREFECT_API_URL"),
            metrics_token=env.get("PATHWAYS_METRICS_TOKEN") or None,
            serving_address=(env.get("PATHWAYS_SERVING_ADDRESS") or "").rstrip("/"),
        )

    @property
    def prefect_home(self) -> Path:
        """Prefect's own folder."""
        return self.home / "prefect"

    @property
    def mailbox(self) -> Path:
        """Where notices are kept when no other service is configured."""
        return self.home / "mailbox"

    @property
    def seals_file(self) -> Path:
        """The seals' witness outside the database."""
        return self.home / "seals.log"

    def prefect_environment(self) -> dict[str, str]:
        """What Prefect needs to be told; settings already made in the environment win."""
        defaults = {
            "PREFECT_HOME": str(self.prefect_home),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.prefect_port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            # A run that is late by seconds is on its way. Marking many at once holds the legs up for a minute, and
            # takes the words for what a case waits for out of managers' sight.
            "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "120",
            # The recorder of steps tries one event each time. Where Prefect's database was lost, events of runs that
            # went with it are tried six times each, and managers would not see today's steps for minutes.
            # In whole seconds: of less than one, Prefect makes none, and never rests.
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
            # A leg or a round of housekeeping does not wait minutes for a server that is away; both are tried again.
            "PREFECT_CLIENT_MAX_RETRIES": "3",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
            "PREFECT_LOGGING_SETTINGS_PATH": str(LOGGING_FILE),
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "",
        }
        return {name: os.environ.get(name, value) for name, value in defaults.items() if os.environ.get(name, value)}


def with_secrets_read(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, with each of `SECRETS` read from the file that NAME_FILE names. Raises `BadSetting`."""
    env = dict(environment)
    for name in SECRETS:
        file = env.get(f"{name}_FILE")
        if not file or env.get(name):
            continue
        try:
            env[name] = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as refused:
            reason = getattr(refused, "strerror", None) or type(refused).__name__
            raise BadSetting(
                f"{name}_FILE names a file that cannot be read ({reason}): correct it, or its rights"
            ) from None
    return env


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name) or str(default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= 3600:
        raise BadSetting(f"{name} must be a number of seconds between 1 and 3600")
    return seconds


def settle_prefect_in(installation: Installation) -> None:
    """
    Put Prefect's settings into the environment and make the home; call this before anything imports prefect.

    What is made from now on is this user's alone. Raises `HomeUnusable`.
    """
    os.umask(0o077)
    try:
        installation.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        installation.prefect_home.mkdir(exist_ok=True, mode=0o700)
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        raise HomeUnusable(
            f"PATHWAYS_HOME {installation.home} cannot be used ({reason}): choose a folder that can be written"
        ) from None
    for name, value in with_secrets_read(os.environ).items():
        os.environ.setdefault(name, value)
    os.environ.update(installation.prefect_environment())


def _webhook_secrets(env: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets as Standard Webhooks writes them; a wrong one is never repeated."""
    secrets = tuple((env.get("PATHWAYS_WEBHOOK_SECRET") or "").replace(",", " ").split())
    for number, secret in enumerate(secrets, 1):
        written = secret.removeprefix("whsec_").rstrip("=")
        try:
            length = len(base64.b64decode(written + "=" * (-len(written) % 4), validate=True))
        except (binascii.Error, ValueError):
            length = 0
        if length < SHORTEST_SECRET:
            raise BadSetting(
                f"PATHWAYS_WEBHOOK_SECRET: secret {number} of {len(secrets)} cannot be used; write whsec_ and the "
                f"base64 of at least {SHORTEST_SECRET} random bytes, several parted by spaces"
            )
    return secrets


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise BadSetting(f"{name} must be a port number between 1 and 65535")
    return int(text)
