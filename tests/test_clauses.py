"""The clause catalogue is whole, and the coverage engine finds in source code what is done and held."""

from __future__ import annotations

import io
import re
import tomllib
from collections import Counter
from importlib import resources
from pathlib import Path
from textwrap import dedent

import pytest
from rich.console import Console

from deployments.clause_coverage import (
    ClauseCoverage,
    SourceUnreadable,
    UnknownClauseInSource,
    as_json,
    as_table,
    coverage,
)
from models.clauses.catalogue import FAMILIES, CatalogueWrong, Force, catalogue, read_catalogue
from models.clauses.mentions import UnknownClause, clauses_in
from models.errors import PathwaysError

CHECKOUT = Path(__file__).parent.parent


def tree(root: Path, **files: str) -> Path:
    """A small checkout: each keyword is a folder and file name joined by `__`, each value its text."""
    for folder in ("flows", "tasks", "tests"):
        (root / folder).mkdir(exist_ok=True)
    for name, text in files.items():
        folder, file = name.split("__", 1)
        (root / folder / f"{file}.py").write_text(dedent(text), encoding="utf-8")
    return root


def of(root: Path, clause_id: str) -> ClauseCoverage:
    """The coverage of one clause."""
    return next(c for c in coverage(root) if c.id == clause_id)


def named_in(root: Path) -> dict[str, list[str]]:
    """The places of every clause that code or tests name."""
    return {c.id: c.where + c.tests for c in coverage(root) if c.where or c.tests}


# The catalogue


@pytest.mark.parametrize(
    ("family", "must", "should", "may", "fact"),
    [
        ("DUTY", 16, 42, 9, 3),
        ("PWT", 25, 18, 11, 17),
        ("ARR", 9, 9, 4, 4),
        ("REA", 20, 29, 13, 9),
        ("TRN", 1, 1, 0, 61),
    ],
)
def test_each_family_has_its_count_of_every_force(family: str, must: int, should: int, may: int, fact: int) -> None:
    """No clause is lost or bound more or less strongly than its document binds it."""
    forces = Counter(c.force for c in catalogue().values() if c.id.startswith(f"{family}-"))
    assert forces == Counter({Force.MUST: must, Force.SHOULD: should, Force.MAY: may, Force.FACT: fact})


def test_the_catalogue_has_301_clauses_in_54_procedures() -> None:
    """All clauses are there: 71 must, 99 should, 37 may and 94 facts."""
    clauses = catalogue().values()
    assert len(clauses) == 301
    assert len({c.procedure for c in clauses}) == 54
    assert Counter(c.force.value for c in clauses) == {"must": 71, "should": 99, "may": 37, "fact": 94}


def test_ids_run_on_without_a_hole() -> None:
    """The numbers of each family start at 1 and are contiguous, in the order of the catalogue."""
    sizes = {"DUTY": 70, "PWT": 71, "ARR": 26, "REA": 71, "TRN": 63}
    expected = [f"{family}-{number:02}" for family in FAMILIES for number in range(1, sizes[family] + 1)]
    assert list(catalogue()) == expected
    assert [c.id for c in catalogue().values()] == expected


def test_every_wording_is_one_short_sentence() -> None:
    """A wording has 6 to 25 words, a capital first, a full stop last and no second sentence."""
    for clause in catalogue().values():
        assert 6 <= len(clause.wording.split()) <= 25, clause.id
        assert re.fullmatch(r"[A-Z].*\.\"?", clause.wording), clause.id
        assert ". " not in clause.wording, clause.id


def test_clauses_are_told_apart_by_their_wording() -> None:
    """No two clauses have the same wording, even where two documents ask for the same thing."""
    repeated = [wording for wording, n in Counter(c.wording for c in catalogue().values()).items() if n > 1]
    assert repeated == []


@pytest.mark.parametrize(
    ("plan", "ranges"),
    [
        ("written contacts", "DUTY-16 to DUTY-37, DUTY-62 to DUTY-66"),
        ("planned work tray", "PWT-01 to PWT-71"),
        (
            "reablement",
            "REA-01 to REA-37, DUTY-40 to DUTY-44, DUTY-49 to DUTY-61, DUTY-67 to DUTY-70",
        ),
        (
            "provider failure",
            "REA-38 to REA-60, TRN-01 to TRN-07, TRN-15 to TRN-17, TRN-41 to TRN-60",
        ),
        (
            "later",
            "DUTY-01 to DUTY-15, DUTY-38, DUTY-39, DUTY-45 to DUTY-48, ARR-01 to ARR-26, REA-61 to REA-71, "
            "TRN-08 to TRN-14, TRN-18 to TRN-40, TRN-61 to TRN-63",
        ),
    ],
)
def test_every_clause_is_planned_with_its_procedure(plan: str, ranges: str) -> None:
    """The plan names, for each stage of the work, exactly the clauses that belong to it."""
    assert [c.id for c in catalogue().values() if c.plan == plan] == clauses_in(ranges)


SMALL = {"ARR": '[direct-payment]\nARR-01.must = "One."\nARR-02.may = "Two."\n'}
PLAN = 'direct-payment = "later"\n'


def test_a_clause_file_gives_procedure_force_wording_and_plan() -> None:
    """A table is a procedure, and a line of it is a clause."""
    clause = read_catalogue(SMALL, PLAN)["ARR-02"]
    assert (clause.procedure, clause.force, clause.wording, clause.plan) == (
        "direct-payment",
        Force.MAY,
        "Two.",
        "later",
    )


@pytest.mark.parametrize(
    ("text", "plan", "says"),
    [
        (SMALL["ARR"] + 'ARR-04.may = "Four."', PLAN, "has no ARR-03"),
        (SMALL["ARR"] + '[x]\nARR-01.may = "Again."', PLAN + 'x = "later"', "has ARR-01 twice"),
        (SMALL["ARR"] + 'ARR-03.shall = "Three."', PLAN, "the force shall"),
        (SMALL["ARR"] + 'ARR-02.must = "Both."', PLAN, "ARR-02 2 forces"),
        (SMALL["ARR"] + 'REA-01.may = "Elsewhere."', PLAN, "has REA-01; write it as ARR-01"),
        (SMALL["ARR"] + 'ARR-3.may = "Three."', PLAN, "has ARR-3; write it as ARR-01"),
        (SMALL["ARR"], "", "plan.toml lacks the procedure direct-payment"),
        (SMALL["ARR"], PLAN + 'x = "later"', "plan.toml names x"),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(text: str, plan: str, says: str) -> None:
    """Holes, repeated or foreign ids, unknown forces and an incomplete plan are named with what to mend."""
    with pytest.raises(CatalogueWrong, match=re.escape(says)):
        read_catalogue({"ARR": text}, plan)


def test_the_plan_names_every_procedure_once() -> None:
    """The plan file stands beside the clauses and has one line per procedure."""
    plan = tomllib.loads(resources.files("models.clauses").joinpath("plan.toml").read_text(encoding="utf-8"))
    assert set(plan) == {c.procedure for c in catalogue().values()}


# Ids in text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("DUTY-17", ["DUTY-17"]),
        ("PWT-54 to PWT-57", ["PWT-54", "PWT-55", "PWT-56", "PWT-57"]),
        ("ARR-02, ARR-01; ARR-02", ["ARR-01", "ARR-02"]),
        ("DUTY-16 to PWT-03", ["DUTY-16", "PWT-03"]),
        ("DUTY-16 leads to DUTY-18", ["DUTY-16", "DUTY-18"]),
        ("GAP-09, GAP-99, P-104, HR-01, UTF-8, DUTY-nn", []),
    ],
)
def test_ids_and_ranges_are_read_from_running_text(text: str, named: list[str]) -> None:
    """A range within a family expands; gaps and other labels with a hyphen are no clauses."""
    assert clauses_in(text) == named


@pytest.mark.parametrize("text", ["DUTY-99", "DUTY-9", "DUTY-17a", "DUTY-16 to DUTY-99", "DUTY-18 to DUTY-16"])
def test_an_id_that_is_not_in_the_catalogue_is_refused(text: str) -> None:
    """An unknown number, a misspelt id and a range that runs backwards are mistakes, not clauses."""
    with pytest.raises(UnknownClause):
        clauses_in(text)


# Code that does a clause


def test_a_comment_beside_or_right_above_code_does_its_clauses(tmp_path: Path) -> None:
    """The place given is the line that bears the id, so that it can be found by looking there."""
    root = tree(
        tmp_path,
        flows__letters="""\
            check = 1  # DUTY-17
            # DUTY-20 comes first,
            # and DUTY-21 after it
            ask = 2
            """,
    )
    assert named_in(root) == {
        "DUTY-17": ["flows/letters.py:1"],
        "DUTY-20": ["flows/letters.py:2"],
        "DUTY-21": ["flows/letters.py:3"],
    }


def test_a_comment_that_stands_with_no_code_does_nothing(tmp_path: Path) -> None:
    """A comment alone, above a docstring or at the end of the file is talk."""
    root = tree(
        tmp_path,
        flows__letters='''\
            # DUTY-16
            """About letters."""  # DUTY-17

            # DUTY-18

            x = 1
            """The first number."""  # DUTY-19
            # DUTY-20
            ''',
    )
    assert named_in(root) == {}


def test_a_docstring_speaks_about_a_clause_and_does_not_do_it(tmp_path: Path) -> None:
    """Ids in module, class, function and attribute docstrings count for nothing."""
    root = tree(
        tmp_path,
        tasks__letters='''\
            """DUTY-16."""


            class Letter:
                """DUTY-17."""

                sender = ""
                """DUTY-18."""

                def file(self) -> None:
                    """
                    DUTY-19,
                    # DUTY-20 as well.
                    """
            ''',
    )
    assert named_in(root) == {}


def test_the_clauses_argument_does_its_clauses(tmp_path: Path) -> None:
    """`clauses=` takes one string or a tuple of them, on any call or decorator; a variable says nothing."""
    root = tree(
        tmp_path,
        tasks__letters="""\
            @audited(clauses="DUTY-17 DUTY-18")
            def look_up() -> None: ...

            tell(
                notice,
                clauses=(
                    "DUTY-25",
                    "DUTY-27 to DUTY-28",
                ),
            )
            ask(clauses=names, other="DUTY-29")
            """,
    )
    assert named_in(root) == {
        "DUTY-17": ["tasks/letters.py:1"],
        "DUTY-18": ["tasks/letters.py:1"],
        "DUTY-25": ["tasks/letters.py:7"],
        "DUTY-27": ["tasks/letters.py:8"],
        "DUTY-28": ["tasks/letters.py:8"],
    }


def test_a_clause_named_twice_on_a_line_is_one_place(tmp_path: Path) -> None:
    """Argument and comment on one line are one place; another line is a second."""
    root = tree(
        tmp_path,
        flows__tray="""\
            tell(clauses="PWT-28")  # PWT-28
            tell(clauses="PWT-28")
            """,
    )
    assert of(root, "PWT-28").where == ["flows/tray.py:1", "flows/tray.py:2"]


def test_code_in_folders_below_counts_and_code_elsewhere_does_not(tmp_path: Path) -> None:
    """Only flows/ and tasks/ do clauses, at any depth; a rule does not hide in models/ or deployments/."""
    root = tree(tmp_path)
    for folder in ("tasks/durable", "models", "deployments"):
        (root / folder).mkdir()
        (root / folder / "step.py").write_text("x = 1  # PWT-25\n", encoding="utf-8")
    assert named_in(root) == {"PWT-25": ["tasks/durable/step.py:1"]}


# Tests that hold a clause


def test_docstring_body_comment_and_mark_make_a_test_hold_clauses(tmp_path: Path) -> None:
    """A test is named with its file, and with its class if it has one."""
    root = tree(
        tmp_path,
        tests__test_letters='''\
            """DUTY-16 is what this file is about."""
            # DUTY-18
            letter = 1  # DUTY-19


            def helper() -> None:
                """DUTY-20."""


            def test_looked_up() -> None:
                """The addressee is looked up (DUTY-17)."""
                assert True  # DUTY-25


            class TestFiling:
                """DUTY-21."""

                @pytest.mark.clauses("DUTY-22", "DUTY-23")
                async def test_filed(self) -> None:
                    assert True
            ''',
    )
    looked_up, filed = (
        "tests/test_letters.py::test_looked_up",
        "tests/test_letters.py::TestFiling::test_filed",
    )
    assert named_in(root) == {
        "DUTY-17": [looked_up],
        "DUTY-22": [filed],
        "DUTY-23": [filed],
        "DUTY-25": [looked_up],
    }


def test_a_clause_argument_in_a_test_holds_nothing(tmp_path: Path) -> None:
    """Strings in a test's code are its material; only what it says about itself counts."""
    root = tree(tmp_path, tests__test_x='def test_x() -> None:\n    assert act(clauses="DUTY-17") == "DUTY-18"\n')
    assert named_in(root) == {}


def test_the_tests_of_the_catalogue_hold_no_clause(tmp_path: Path) -> None:
    """This very file names clauses as examples."""
    text = "def test_x() -> None:\n    assert True  # DUTY-17\n"
    root = tree(tmp_path, tests__test_clauses=text, tests__test_others=text)
    assert of(root, "DUTY-17").tests == ["tests/test_others.py::test_x"]


# What is done, and why the rest is open


def test_a_clause_is_done_by_code_and_a_test_together(tmp_path: Path) -> None:
    """Either alone leaves it open, and the reason says which one is missing or what it is planned with."""
    root = tree(
        tmp_path,
        flows__letters="a = 1  # DUTY-16, DUTY-17\n",
        tests__test_letters='def test_letters() -> None:\n    """DUTY-16 and DUTY-18."""\n',
    )
    why = {c.id: (c.done, c.why) for c in coverage(root)}
    assert why["DUTY-16"] == (True, "")
    assert why["DUTY-17"] == (False, "no test holds it")
    assert why["DUTY-18"] == (False, "a test names it but no code does")
    assert why["DUTY-19"] == (False, "open: planned with written contacts")
    assert why["TRN-63"] == (False, "later")


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("flows__letters", "\na = 1  # DUTY-99\n", "flows/letters.py:2: DUTY-99"),
        ("tasks__letters", 'act(\n    clauses=("DUTY-17", "PWT-72"),\n)\n', "tasks/letters.py:2: PWT-72"),
        ("tests__test_x", 'def test_x() -> None:\n    """REA-00."""\n', "tests/test_x.py:2: REA-00"),
    ],
)
def test_an_unknown_id_in_the_source_is_named_with_its_place(tmp_path: Path, file: str, text: str, place: str) -> None:
    """The error gives file:line and the id, and is one of ours."""
    with pytest.raises(UnknownClauseInSource, match=re.escape(place)) as caught:
        coverage(tree(tmp_path, **{file: text}))
    assert isinstance(caught.value, PathwaysError)


def test_a_gap_in_the_source_is_no_clause(tmp_path: Path) -> None:
    """Gaps stand beside code too and are passed over, whatever their number."""
    assert named_in(tree(tmp_path, flows__tray="a = 1  # GAP-12, GAP-99\n")) == {}


def test_a_file_that_is_not_python_is_named(tmp_path: Path) -> None:
    """A file that cannot be parsed stops the count, because its clauses would be missing from it."""
    with pytest.raises(SourceUnreadable, match=re.escape("flows/tray.py:2 is not valid Python")):
        coverage(tree(tmp_path, flows__tray="a = 1\nb = (\n"))


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    """Without source folders nothing can be said, least of all that nothing is done."""
    with pytest.raises(SourceUnreadable, match="no flows/ here"):
        coverage(tmp_path)


def test_json_has_exactly_the_keys_of_the_contract(tmp_path: Path) -> None:
    """Programs outside read id, procedure, force, done, where, tests and why."""
    root = tree(
        tmp_path,
        flows__letters="a = 1  # DUTY-16\n",
        tests__test_x='def test_x() -> None:\n    """DUTY-16."""\n',
    )
    clauses = {c["id"]: c for c in as_json(coverage(root))}
    assert len(clauses) == 301
    assert clauses["DUTY-16"] == {
        "id": "DUTY-16",
        "procedure": "written-contact-transfer",
        "force": "should",
        "done": True,
        "where": ["flows/letters.py:1"],
        "tests": ["tests/test_x.py::test_x"],
        "why": "",
    }


def test_the_table_shows_people_the_wording_the_places_and_the_count(tmp_path: Path) -> None:
    """A reader sees what a clause asks, where it is done, why it is open, and how many are done."""
    root = tree(tmp_path, flows__letters="a = 1  # DUTY-16\n")
    page = io.StringIO()
    Console(file=page, width=300).print(as_table(coverage(root)))
    (line,) = (line for line in page.getvalue().splitlines() if "DUTY-16" in line)
    assert catalogue()["DUTY-16"].wording in line
    assert "flows/letters.py:1" in line
    assert "no test holds it" in line
    assert "0 of 301 clauses are done" in page.getvalue()


def test_the_checkout_names_no_unknown_clause() -> None:
    """Every id in our own flows, tasks and tests is in the catalogue, and every place given exists."""
    clauses = coverage(CHECKOUT)
    assert [c.id for c in clauses] == list(catalogue())
    for place in (place for c in clauses for place in c.where):
        file, line = place.rsplit(":", 1)
        assert 1 <= int(line) <= len((CHECKOUT / file).read_text(encoding="utf-8").splitlines())
