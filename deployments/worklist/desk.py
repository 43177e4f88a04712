"""What every page is handed: the council, its installation, and how pages are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jinja2 import Environment

from deployments.worklist.looks import environment
from models.connections import Worklist
from tasks.durable.council import Council
from tasks.installation import Installation


@dataclass(frozen=True)
class Desk:
    """One council's worklist. `council.waker` does not keep whoever answers waiting."""

    council: Council
    installation: Installation
    templates: Environment = field(default_factory=environment)

    @property
    def settings(self) -> Worklist:
        """How this installation has set the worklist up."""
        return self.council.connections.worklist

    @property
    def address(self) -> str:
        """How staff reach it, without a slash at its end."""
        return self.settings.address_at(self.installation.port)

    @property
    def is_encrypted(self) -> bool:
        """Whether staff reach it by https."""
        return self.address.startswith("https://")

    @property
    def host(self) -> str:
        """The host, with its port, under which staff reach it."""
        return urlsplit(self.address).netloc

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; by https no other host and no path of ours can set it."""
        return "__Host-pathways" if self.is_encrypted else "pathways"

    @property
    def prefect_address(self) -> str:
        """How managers reach Prefect's pages; empty where no link is to be shown."""
        if self.settings.prefect_address or self.is_encrypted:
            return self.settings.prefect_address
        return f"http://127.0.0.1:{self.installation.prefect_port}"
