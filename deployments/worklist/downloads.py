"""Files as they leave us: to be kept by the browser and never opened in it as a page of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from deployments.harmless import harmless

ANY = "application/octet-stream"
_BEGINS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
"""The kinds that are named as what they are, and how each begins."""
_PLAIN = "text/plain"
_LONGEST_NAME = 120
_CHUNK = 64 * 1024


def download(name: str, content: bytes, content_type: str = ANY) -> Response:
    """A file for the browser to keep; `name` and `content_type` are whatever the sender said."""
    return Response(content, headers=_headers(name), media_type=_kind(content, content_type))


def download_file(name: str, file: IO[bytes], content_type: str = ANY) -> Response:
    """As `download`, of an open file of ours, from its beginning; it is closed once it was sent."""
    size = file.seek(0, 2)
    file.seek(0)

    def parts() -> Iterator[bytes]:
        with file:
            while part := file.read(_CHUNK):
                yield part

    headers = _headers(name) | {"Content-Length": str(size)}
    return StreamingResponse(parts(), headers=headers, media_type=content_type)


def file_name(name: str) -> str:
    """A name for a file without folders, without characters that steer, and not too long; its ending stays."""
    plain = " ".join(harmless(name).replace("\N{REPLACEMENT CHARACTER}", "_").split())
    plain = plain.encode("utf-8", "replace").decode()
    last = re.split(r"[/\\]", plain)[-1].strip(". ") or "file"
    ending = PurePosixPath(last).suffix
    if len(last) > _LONGEST_NAME:
        last = last[: _LONGEST_NAME - len(ending[:12])] + ending[:12]
    return last


def _headers(name: str) -> dict[str, str]:
    whole = file_name(name)
    simple = re.sub(r"[^A-Za-z0-9._-]+", "_", whole).strip("._") or "file"
    return {
        "Content-Disposition": f"attachment; filename=\"{simple}\"; filename*=UTF-8''{quote(whole, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Download-Options": "noopen",
    }


def _kind(content: bytes, said: str) -> str:
    """What it is called: what the sender said where that is harmless and true, else nothing in particular."""
    said = said.partition(";")[0].strip().lower()
    begins = _BEGINS.get(said)
    if begins is not None:
        return said if content.startswith(begins) else ANY
    return _PLAIN if said == _PLAIN else ANY
