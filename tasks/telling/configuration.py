"""
Which services tell whom: one Apprise YAML file per council.

Every service in it carries tags such as `role-duty-worker`, `team-hazel` or `staff-practitioner`. The file
holds passwords and tokens, so an error names its line and never repeats what stands there.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from apprise import Apprise, AppriseAsset, ConfigBase, NotifyBase
from apprise.manager_plugins import NotificationManager

from models.errors import PathwaysError
from models.notices import Recipient, RecipientKind
from tasks.telling.apprise_log import close_apprise_log
from tasks.telling.mailbox_service import MailboxService, MemoryService, offer_services

_SCHEMA = re.compile(r"\s*([a-z0-9]{1,32})://", re.IGNORECASE)
_TAGS = tuple(f"{kind}-" for kind in RecipientKind)


class ConfigurationRefused(PathwaysError):
    """The Apprise configuration cannot be used: mend the line that the message names."""

    def __init__(self, file: Path, line: int | None, sentence: str) -> None:
        where = f"{file.name}, line {line}" if line else file.name
        super().__init__(f"{where}: {sentence}")
        self.file = file
        self.line = line


def load_configuration(file: Path) -> Apprise:
    """
    The services of an Apprise YAML file.

    Every entry must be usable and carry at least one tag of a role, team or member of staff: a service that
    cannot be reached by anybody is a mistake. Raises `ConfigurationRefused`.
    """
    close_apprise_log()
    offer_services()
    document, lines = _parsed(file)
    asset = AppriseAsset(async_mode=False, secure_logging=True)
    services = _services(document, document["urls"], asset)
    if len(services) != sum(map(_expected, document["urls"])) or not all(map(_is_tagged, services)):
        raise _first_mistake(file, document, lines)
    # Whatever the file's own `asset` said: one service at a time, and no secrets.
    asset.async_mode, asset.secure_logging = False, True
    return _together(services, asset)


def remembering(recipients: Iterable[Recipient], name: str) -> Apprise:
    """The services of a test: each recipient's notices are kept in memory, as `remembered(f"{name}-{tag}")`."""
    offer_services()
    asset = AppriseAsset(async_mode=False, secure_logging=True)
    return _together([MemoryService(f"{name}-{one.tag}", tag=one.tag, asset=asset) for one in recipients], asset)


def _together(services: Iterable[NotifyBase], asset: AppriseAsset) -> Apprise:
    apprise = Apprise(asset=asset)
    for service in services:
        service.optional = False  # else Apprise would call a failure a success
        apprise.add(service)
    return apprise


def default_configuration(mailbox: Path, recipients: Iterable[Recipient]) -> str:
    """An Apprise YAML text that gives each recipient a mailbox folder of its own below `mailbox`."""
    folder = mailbox.resolve()
    urls = [
        {f"{MailboxService.protocol}://{quote(str(folder / tag))}": [{"tag": tag}]}
        for tag in sorted({recipient.tag for recipient in recipients})
    ]
    return yaml.safe_dump({"version": 1, "urls": urls}, sort_keys=False)


def write_default_configuration(file: Path, mailbox: Path, recipients: Iterable[Recipient]) -> None:
    """Write `default_configuration` to a file that only its owner can read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    unfinished.touch(mode=0o600)
    try:
        unfinished.write_text(default_configuration(mailbox, recipients), encoding="utf-8")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _parsed(file: Path) -> tuple[dict[str, Any], list[int]]:
    """The file's content with a list of `urls`, and the line on which each of them stands."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as failed:
        raise ConfigurationRefused(
            file, None, f"the file cannot be read ({failed.strerror}); set PATHWAYS_APPRISE to one that can"
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationRefused(file, None, "the file is not UTF-8 text; save it as UTF-8") from None
    try:
        document = yaml.safe_load(text)
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as failed:
        mark = getattr(failed, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise ConfigurationRefused(file, line, "this is not YAML; check indentation, colons and quotes") from None
    if not isinstance(document, dict) or not isinstance(document.get("urls"), list) or not document["urls"]:
        raise ConfigurationRefused(file, None, "there is no list of services; write them under `urls:`")
    if document.get("include"):
        raise ConfigurationRefused(file, None, "`include` is not supported; put all services into this file")
    if document.get("version", 1) != 1:
        raise ConfigurationRefused(file, None, "only version 1 of Apprise's YAML is supported")
    assert isinstance(tree, yaml.MappingNode)
    entries = next(value for key, value in tree.value if key.value == "urls")
    return document, [entry.start_mark.line + 1 for entry in entries.value]


def _services(document: dict[str, Any], urls: Sequence[Any], asset: AppriseAsset) -> list[NotifyBase]:
    text = yaml.safe_dump({**document, "urls": list(urls)}, sort_keys=False)
    services, _ = ConfigBase.config_parse_yaml(text, asset=asset)
    return [service for service in services if isinstance(service, NotifyBase)]


def _expected(entry: Any) -> int:
    """How many services an entry stands for: one, or as many as it lists below its address."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if _SCHEMA.match(str(key)):
                return len(value) if isinstance(value, list) else 1
    return 1


def _is_tagged(service: NotifyBase) -> bool:
    return any(str(tag).startswith(_TAGS) for tag in service.tags)


def _first_mistake(file: Path, document: dict[str, Any], lines: list[int]) -> ConfigurationRefused:
    """The first entry that cannot be used, and what is wrong with it."""
    for entry, line in zip(document["urls"], lines, strict=True):
        services = _services(document, [entry], AppriseAsset(async_mode=False))
        if len(services) != _expected(entry):
            return ConfigurationRefused(file, line, _why_unusable(entry))
        if not all(map(_is_tagged, services)):
            return ConfigurationRefused(
                file, line, "the service has no tag; give it one such as role-duty-worker or team-hazel"
            )
    return ConfigurationRefused(file, None, "the services cannot be used together; try them one by one")


def _why_unusable(entry: Any) -> str:
    addresses = [str(key) for key in entry] if isinstance(entry, dict) else [str(entry)]
    known = NotificationManager()  # type: ignore[no-untyped-call]
    for address in addresses:
        if (schema := _SCHEMA.match(address)) and schema.group(1).lower() not in known:
            return f"Apprise knows no service {schema.group(1)}://; see its list of services"
    return "the service's address is not complete or not right; compare it with Apprise's page on that service"
