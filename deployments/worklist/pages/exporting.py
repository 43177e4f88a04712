"""Everything that is held on a case as one file that a person can read, for a person's request to see it."""

from __future__ import annotations

import tempfile
import zipfile
from typing import IO

from sqlalchemy import func, select
from starlette.responses import Response

from deployments.case_file import as_bytes, files_of, page_of
from deployments.worklist.downloads import download, download_file
from deployments.worklist.pages.case import found, heading
from deployments.worklist.pages.letters import not_given
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.cases import Case, Entry
from models.permissions import Action
from tasks.audit.case_file import CaseFile, case_file
from tasks.worklist.letters import CannotBeScanned, TooManyAtOnce, few_at_once, letters_of
from tasks.worklist.scanning import Infected, NotScanned, scan

pages = Pages()
IN_MEMORY = 8 * 1024 * 1024
"""Bytes of an archive up to which it is made in memory; a larger one is made on disk."""
ORIGINALS = "originals"


@pages.add("/cases/{ref}/export", Action.EXPORT_CASE, methods=("GET", "POST"))
def export(visit: Visit, ref: str) -> Response:
    """What an export has in it; and the export, once it is asked for."""
    ref = found(visit, ref, Action.EXPORT_CASE)
    if visit.is_post:
        return _exported(visit, ref, with_originals=bool(visit.sent(ORIGINALS)))
    with visit.council.database.read() as session:
        letters = letters_of(session, ref)
        return visit.page(
            "case_export.html",
            **heading(visit, session, session.get_one(Case, ref), "export"),
            entries=session.scalar(select(func.count()).where(Entry.case_ref == ref)),
            letters=letters,
            size=sum(one.size for one in letters),
        )


def _exported(visit: Visit, ref: str, *, with_originals: bool) -> Response:
    visit.note_look("export-case", ref)
    if with_originals:
        visit.note_look("export-originals", ref)
    try:
        with few_at_once():
            with visit.council.database.read() as session:
                file = case_file(session, ref)
            if with_originals:
                return download_file(f"case-{ref}.zip", _archive(visit, file), "application/zip")
            page = page_of(file, made_at=visit.now, made_for=visit.member.id)
            return download(f"case-{ref}.html", as_bytes(page))
    except (TooManyAtOnce, CannotBeScanned) as why:
        return not_given(visit, ref, f"/cases/{ref}/export", why)


def _archive(visit: Visit, file: CaseFile) -> IO[bytes]:
    """The page and the originals in one archive; what the scanner finds harmful is left out, and the page says so."""
    whole = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  whoever sends it closes it
    try:
        _fill(visit, file, whole)
    except BaseException:
        whole.close()
        raise
    return whole


def _fill(visit: Visit, file: CaseFile, whole: IO[bytes]) -> None:
    names: dict[str, list[str]] = {}
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for message in file.messages:
            for name, content in files_of(message):
                is_in = _may_go_out(visit, content)
                if is_in:
                    archive.writestr(f"originals/{name}", content)
                left_out = "" if is_in else " (left out: the scanner found something harmful in it)"
                names.setdefault(message.mail.id, []).append(f"originals/{name}{left_out}")
        page = page_of(file, made_at=visit.now, made_for=visit.member.id, originals=names)
        archive.writestr(f"case-{file.case.ref}.html", as_bytes(page), zipfile.ZIP_DEFLATED)


def _may_go_out(visit: Visit, content: bytes) -> bool:
    match scan(visit.desk.settings, content):
        case Infected():
            return False
        case NotScanned(why, True):
            raise CannotBeScanned(why)
        case _:
            return True
