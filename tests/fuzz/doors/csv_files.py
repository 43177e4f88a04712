"""The recording system's extract: each row is taken or named, and the same files again change nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from deployments import example_council
from models.register import ExtractKind
from models.tables import metadata
from tasks.register.importing import ImportReport
from tasks.register.reading import FileRefused
from tasks.register.rows import ROWS
from tasks.register.taking_in import NothingImported, take_in_extract
from tests.fuzz.door import Door
from tests.fuzz.values import rarely, texts
from tests.fuzz.watching import CANARY, keeps_silent
from tests.test_register_properties import cell

NOISE = (b'"', b"\x00", b"\xff", b"\r", b'""', b"," * 2_000, b'"' + b"x" * 140_000)
HELD = ("team", "staff", "person", "allocation", "absence", "admission", "extract_note", "review_date", "seen_waiting")
NAMES = (*["{}.csv"] * 30, "{}-2026-01-05.CSV", "{}s.csv", "the-{}.csv", "{}.txt", f"{{}}-{CANARY}.csv")
EXAMPLE = {
    kind: list(
        csv.reader((files(example_council) / "register" / f"{kind}.csv").read_text(encoding="utf-8").splitlines())
    )
    for kind in ExtractKind
}
_WHERE = re.compile(r"\([^)]*\)|[\w-]+\.csv", re.ASCII)
"""The references of rows, which staff know them by, and the names of files."""
Brought = tuple[tuple[tuple[str, bytes], ...], bool]


@st.composite
def one_file(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file by its name: rows of cells that are right in one column or another, in CSV that is mostly sound."""
    kind = draw(st.sampled_from(list(ExtractKind)))
    columns = list(ROWS[kind].model_fields)
    if rarely(draw, 30):
        columns = draw(st.lists(st.sampled_from([*columns, "", CANARY, "id", "ID ", "\ufeffid"]), max_size=9))
    if columns == list(ROWS[kind].model_fields) and draw(st.integers(0, 2)):
        return draw(_from_the_example(kind))
    fitting = [cell(kind, column) if column in ROWS[kind].model_fields else texts for column in columns]
    rows = draw(st.lists(st.tuples(*(draw(st.sampled_from([one] * 9 + [texts])) for one in fitting)), max_size=5))
    if rarely(draw, 10):
        rows.append(tuple(draw(st.lists(texts, max_size=12))))
    return draw(_as_file(kind, [columns, *rows]))


@st.composite
def _from_the_example(draw: st.DrawFn, kind: ExtractKind) -> tuple[str, bytes]:
    """Some rows of the example council's own file, with a cell or two changed."""
    columns, *known = EXAMPLE[kind]
    rows = [list(row) for row in draw(st.lists(st.sampled_from(known), min_size=1, max_size=6))]
    for _ in range(draw(st.integers(0, 3)) if rows else 0):
        row = draw(st.sampled_from(rows))
        at = draw(st.integers(0, len(row) - 1))
        column = columns[at]
        row[at] = draw(cell(kind, column) if column in ROWS[kind].model_fields else texts)
    return draw(_as_file(kind, [columns, *rows]))


@st.composite
def _as_file(draw: st.DrawFn, kind: ExtractKind, rows: Sequence[Sequence[str]]) -> tuple[str, bytes]:
    out = io.StringIO()
    ends, parted = draw(st.sampled_from(["\r\n", "\n"])), draw(st.sampled_from([*[","] * 12, ";"]))
    csv.writer(out, lineterminator=ends, delimiter=parted).writerows(rows)
    raw = out.getvalue().encode("utf-8", "surrogatepass")
    match draw(st.integers(0, 39)):
        case 0:
            raw = raw[: draw(st.integers(0, len(raw)))]
        case 1:
            at = draw(st.integers(0, len(raw)))
            raw = raw[:at] + draw(st.sampled_from(NOISE)) + raw[at:]
        case 2:
            raw = draw(st.binary(max_size=60))
        case 3:
            raw = b"\xef\xbb\xbf" + raw
        case 4:
            raw = raw.decode("utf-8", "replace").encode("utf-16")
    return draw(st.sampled_from(NAMES)).format(kind), raw


class RegisterDoor(Door):
    """An extract is imported, and imported again."""

    name = "register"
    weight = 9
    takes = (
        "one to three CSV files of every kind: cells right and wrong, columns missing, doubled and unknown, damaged CSV"
    )

    def inputs(self) -> st.SearchStrategy[Brought]:
        """Files, and whether they are said to hold everything."""
        return st.tuples(
            st.lists(one_file(), min_size=1, max_size=3, unique_by=lambda one: one[0][:4]).map(tuple), st.booleans()
        )

    def hold(self, given: Brought) -> str:
        """Rows add up, no rejected row repeats what stood in it, and nothing changes the second time."""
        before = self._held()
        try:
            report = self._taken_in(given)
        except (FileRefused, NothingImported) as refused:
            keeps_silent(_WHERE.sub("", str(refused)))
            assert self._held() == before, "a refused extract has changed the register"
            return "refused"
        for file in report.files:
            assert file.rows == file.added + file.changed + file.unchanged + len(file.rejected)
            keeps_silent([row.problem for row in file.rejected])
        self.world.legs_run()
        after, rows = self._held(), self.world.database.rows()
        again = self._taken_in(given)
        assert self._held() == after, "the same extract again has changed the register"
        assert [(one.added, one.changed, one.ended) for one in again.files] == [(0, 0, 0)] * len(again.files)
        assert list(map(str, again.rejected)) == list(map(str, report.rejected))
        more = {name: count - rows[name] for name, count in self.world.database.rows().items() if count != rows[name]}
        assert set(more) <= {"register_import"}, f"the same extract again has done something: {more}"
        return "with rejected rows" if report.rejected else "taken"

    def _taken_in(self, given: Brought) -> ImportReport:
        brought, full = given
        folder = self.world.folder / "extract"
        folder.mkdir(exist_ok=True)
        paths = []
        for name, content in brought:
            paths.append(folder / name)
            paths[-1].write_bytes(content)
        report, _ = take_in_extract(self.world.council, paths, full=full)
        return report

    def _held(self) -> dict[str, list[Any]]:
        with self.world.database.read() as session:
            return {name: sorted(map(repr, session.execute(select(metadata.tables[name])))) for name in HELD}
