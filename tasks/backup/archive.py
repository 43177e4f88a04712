"""The archive itself: a gzipped tar, the manifest first. It appears under its name whole, or not at all."""

from __future__ import annotations

import fcntl
import io
import os
import secrets
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from models.errors import PathwaysError
from tasks.backup.manifest import MANIFEST, BackupDamaged, FileIn, Manifest, NotABackup, Part, digest_of
from tasks.backup.switching import sync_folder

_MAKING = ".pathways-making-"
_MANIFEST_MOST_BYTES = 1 << 20


class BackupExists(PathwaysError):
    """A file of that name is there already; backups are never overwritten."""


class BackupNotWritten(PathwaysError):
    """The archive could not be written; the message says why."""


class NotUnpacked(PathwaysError):
    """The archive could not be read, or what is in it not written; the message says why."""


@contextmanager
def workshop(beside: Path) -> Iterator[Path]:
    """
    A folder of our own beside a file, taken away again with what is in it.

    What a killed process left behind there is taken away as well.
    """
    beside.mkdir(parents=True, exist_ok=True)
    for left in beside.glob(f"{_MAKING}*"):
        with suppress(OSError), (left / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left)
    begun = beside / f".pathways-{secrets.token_hex(6)}"  # not to be taken for a dead one before it is locked
    folder = beside / f"{_MAKING}{secrets.token_hex(6)}"
    begun.mkdir(mode=0o700)
    try:
        with (begun / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            begun.rename(folder)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def describe_files(folder: Path) -> tuple[FileIn, ...]:
    """The parts that lie in a folder."""
    return tuple(
        FileIn(name=part, size=(folder / part).stat().st_size, sha256=digest_of(folder / part))
        for part in Part
        if (folder / part).exists()
    )


def write_archive(folder: Path, manifest: Manifest, to: Path) -> None:
    """Write the archive under its name, once all of it is on the disk. Raises `BackupExists`, `BackupNotWritten`."""
    half = folder / "archive.half"
    try:
        with open(half, "xb", opener=_for_us_alone) as out:
            _write(out, folder, manifest)
            out.flush()
            os.fsync(out.fileno())
        _name(half, to)
        sync_folder(to.parent)
    except FileExistsError:
        raise BackupExists(f"{to} is there already: name another file") from None
    except OSError as failed:
        raise BackupNotWritten(
            f"{to} could not be written ({failed.strerror}): see to the disk and its rights"
        ) from None


def read_manifest(file: Path) -> Manifest:
    """What an archive says of itself. Raises `NotABackup`."""
    with _opened(file) as archive:
        return _manifest_of(archive)


def unpack(file: Path, into: Path) -> Manifest:
    """
    Put what lies in an archive into a folder, and see that it is what was written.

    Nothing is taken out but the parts that the manifest names. Raises `NotABackup`, `BackupDamaged`, `NotUnpacked`.
    """
    with _opened(file) as archive:
        manifest = _manifest_of(archive)
        wanted = {one.name.value: one for one in manifest.files}
        while (member := archive.next()) is not None:
            said = wanted.pop(member.name, None)
            source = archive.extractfile(member) if member.isfile() else None
            if said is None or source is None or member.size != said.size:
                raise BackupDamaged(f"{file.name} holds something that its manifest does not name: take another backup")
            with open(into / said.name, "xb", opener=_for_us_alone) as out:
                shutil.copyfileobj(source, out, 1 << 20)
                out.flush()
                os.fsync(out.fileno())
            if digest_of(into / said.name) != said.sha256:
                raise BackupDamaged(f"{said.name} in {file.name} is not what was written: take another backup")
        if wanted:
            raise BackupDamaged(f"{file.name} is cut off: {', '.join(sorted(wanted))} is missing; take another backup")
    sync_folder(into)
    return manifest


def _name(half: Path, to: Path) -> None:
    """Give a finished file its name, and never another file's. Raises `FileExistsError`."""
    try:
        os.link(half, to)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if to.exists():
            raise FileExistsError from None
        half.rename(to)


def _write(out: IO[bytes], folder: Path, manifest: Manifest) -> None:
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
        said = manifest.model_dump_json(indent=2).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mode, head.mtime = len(said), 0o600, int(manifest.made_at.timestamp())
        archive.addfile(head, io.BytesIO(said))
        for one in manifest.files:
            with (folder / one.name).open("rb") as source:
                info = tarfile.TarInfo(one.name)
                info.size, info.mode, info.mtime = one.size, 0o600, head.mtime
                archive.addfile(info, source)


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            yield archive
        return
    except FileNotFoundError:
        raise NotABackup(f"there is no file {file}: name a backup") from None
    except (EOFError, zlib.error, tarfile.ReadError) as broken:
        cut_off = isinstance(broken, EOFError | zlib.error) or "unexpected end" in str(broken)
    except OSError as failed:
        if failed.errno is None:  # gzip's own words
            raise NotABackup(f"{file} is no archive: name a backup") from None
        raise NotUnpacked(
            f"{file} could not be unpacked ({failed.strerror}): see to it, to the disk and its rights"
        ) from None
    if cut_off:
        raise BackupDamaged(f"{file.name} is cut off or damaged: take another backup")
    raise NotABackup(f"{file.name} is no backup of Safe Pathways: name another file")


def _manifest_of(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST or first.size > _MANIFEST_MOST_BYTES:
        raise NotABackup("this is no backup of Safe Pathways: name another file")
    source = archive.extractfile(first)
    return Manifest.read(source.read() if source is not None else b"")


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
