"""A request goes out, is filled in as a line manager would, and comes back."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from portfolio.allocate import allocate
from portfolio.allocation import Allocation
from portfolio.data.portfolio import Portfolio
from portfolio.errors import DataError, ReportError
from portfolio.models.outcome import Settings
from portfolio.reports.staffing import Request, write_requests
from portfolio.scenario import Scenario
from portfolio.staffing.answers import answered_assignments
from portfolio.staffing.layout import LAYOUT
from portfolio.staffing.request import staffing_requests

Small = Callable[..., Portfolio]
EXACT = Settings(gap=0.0, threads=1)
KEY = ["person_id", "project_id", "role_id", "period"]


@pytest.fixture(scope="module")
def portfolio(small: Small) -> Portfolio:
    """Two do R, one does S; A needs more of S than there is."""
    return small(
        {
            "A": {"value": 5, "force": "in", "need": {"R": [1, 1], "S": [1.5, 0]}},
            "B": {"value": 1, "force": "in", "need": {"R": [0.5, 0.5]}, "name": "=cmd()"},
        },
        periods=2,
        frequency="month",
        people={"p": {"R": 1}, "q": {"R": 1, "S": 0.5}, "s": {"S": 1, "R": 1}},
        facts={"p": {"location_id": "N"}, "q": {"location_id": "N"}},
        locations=[{"location_id": "N", "name": "North: [depot]?"}],
        # By proficiency, and then the order of the roles, s does R; q does R, and p too.
        assignments=[
            {"person_id": "p", "project_id": "A", "role_id": "R", "period": "2027-01",
             "fte": 0.5, "booking": "committed"},
            {"person_id": "s", "project_id": "A", "role_id": "S", "period": "2027-01",
             "fte": 1, "booking": "committed"},
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def allocation(portfolio: Portfolio) -> Allocation:
    return allocate(portfolio, Scenario.from_dict({"ignore": ["role_capacity"]}), EXACT)[1]


@pytest.fixture
def sent(portfolio: Portfolio, allocation: Allocation, tmp_path: Path) -> list[Request]:
    return write_requests(portfolio, allocation, tmp_path / "out")


def filled(request: Request, answer: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Path:
    """Fill a workbook in, row by row, as a spreadsheet program would."""
    book = openpyxl.load_workbook(request.workbook)
    sheet = book.worksheets[1]
    header = [cell.value for cell in sheet[1]]
    for cells in sheet.iter_rows(min_row=2):
        row = dict(zip(header, (cell.value for cell in cells), strict=True))
        for name, value in (answer(row) or {}).items():
            cells[header.index(name)].value = value
    book.save(request.workbook)
    return request.workbook


def faults(portfolio: Portfolio, *workbooks: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        answered_assignments(portfolio, workbooks)
    assert caught.value.exit_code == 2
    return [str(fault) for fault in caught.value.faults]


class TestRequest:
    def test_what_is_committed_is_not_asked_again(
        self, portfolio: Portfolio, allocation: Allocation
    ) -> None:
        rows = staffing_requests(portfolio, allocation)
        asked = rows[rows["person_id"] != ""]
        assert not ((asked["person_id"] == "s") & (asked["role_id"] == "S")).any()
        work = allocation.allocation
        assert work is not None
        for row in asked.to_dict("records"):
            found = work[(work[KEY] == [row[name] for name in KEY]).all(axis=1)]
            assert 0 <= found["fte"].iloc[0] - row["fte"] < 0.01

    def test_who_is_short_asks_whoever_has_the_role(
        self, portfolio: Portfolio, allocation: Allocation
    ) -> None:
        rows = staffing_requests(portfolio, allocation)
        assert allocation.shortage is not None
        open_rows = rows[rows["person_id"] == ""]
        assert open_rows["fte"].sum() == pytest.approx(allocation.shortage["fte"].sum(), abs=0.01)
        assert (open_rows["person"] == "(whoever has the role)").all()
        assert open_rows["why"].str.startswith("Nobody is found").all()

    @pytest.mark.parametrize(
        ("line", "lines"),
        [
            ("role", {"role R"}),
            ("location", {"North: [depot]?", "No location"}),
            ("programme", {"Not ring-fenced"}),
        ],
    )
    def test_lines(
        self, portfolio: Portfolio, allocation: Allocation, line: str, lines: set[str]
    ) -> None:
        assert set(staffing_requests(portfolio, allocation, line=line)["line"]) <= lines
        with pytest.raises(ValueError, match="'boss' is no line"):
            staffing_requests(portfolio, allocation, line="boss")

    def test_only_so_far_ahead(self, portfolio: Portfolio, allocation: Allocation) -> None:
        rows = staffing_requests(portfolio, allocation, until="2027-01")
        assert set(rows["period"]) == {"2027-01"}

    def test_the_sheet_has_a_list_of_answers_and_no_formula(self, sent: list[Request]) -> None:
        book = openpyxl.load_workbook(sent[0].workbook)
        sheet = book.worksheets[1]
        assert [cell.value for cell in sheet[1]] == list(LAYOUT.names)
        (lists,) = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
        assert lists.formula1 == '"agreed,changed to,refused"'
        texts = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert {cell.data_type for cell in texts} == {"s"}
        assert any(cell.value == "=cmd()" for cell in texts)
        assert "cost" not in " ".join(str(cell.value) for cell in texts)

    def test_the_page_says_the_same(self, sent: list[Request]) -> None:
        page = sent[0].page.read_text(encoding="utf-8")
        assert "Staffing request: role R" in page
        assert "no order" in page
        assert "<script" not in page

    def test_a_line_of_any_name_has_a_sheet(
        self, portfolio: Portfolio, allocation: Allocation, tmp_path: Path
    ) -> None:
        made = write_requests(portfolio, allocation, tmp_path / "out", line="location")
        names = {one.line: openpyxl.load_workbook(one.workbook).sheetnames[1] for one in made}
        assert names["North: [depot]?"] == "North depot"

    def test_nothing_is_replaced_unless_told(
        self, portfolio: Portfolio, allocation: Allocation, sent: list[Request]
    ) -> None:
        folder = sent[0].workbook.parent
        with pytest.raises(DataError, match="already"):
            write_requests(portfolio, allocation, folder)
        again = write_requests(portfolio, allocation, folder, line="location", overwrite=True)
        assert {path.stem for path in folder.iterdir()} == {one.page.stem for one in again}


class TestAnswers:
    def test_the_next_run_keeps_what_was_agreed_and_shuns_what_was_refused(
        self, portfolio: Portfolio, sent: list[Request]
    ) -> None:
        refused: list[tuple[str, ...]] = []

        def answer(row: dict[str, Any]) -> dict[str, Any] | None:
            if not row["person_id"]:
                return None
            if not refused:
                refused.append(tuple(row[name] for name in KEY))
                return {"answer": "refused", "remark": "on another duty"}
            return {"answer": "agreed"}

        books = [filled(one, answer) for one in sent]
        found = answered_assignments(portfolio, books)
        assert (found.refused, found.changed) == (1, 0)
        assert found.agreed > 0
        # One answer is about a booking that is there, and stands instead of it.
        assert len(found.assignments) == 2 + found.agreed + found.refused - 1
        assert not found.assignments.duplicated(KEY).any()
        held = found.assignments[found.assignments["booking"] == "committed"]
        after = portfolio.with_tables({"assignments": found.assignments})
        scenario = Scenario.from_dict({"ignore": ["role_capacity"]})
        again = allocate(after, scenario, EXACT)[1].allocation
        assert again is not None
        done = again.set_index(KEY)["fte"]
        for row in held.to_dict("records"):
            assert done[tuple(row[name] for name in KEY)] >= row["fte"] - 0.006
        assert refused[0] not in done.index
        # What was agreed is no question any more.
        rows = staffing_requests(after, Allocation("optimal", allocation=again, shortage=NOTHING))
        asked = set(map(tuple, rows[KEY].to_numpy().tolist()))
        agreed = set(map(tuple, held[KEY].to_numpy().tolist()))
        changed = {key for key in asked & agreed if abs(done[key] - _fte(held, key)) > 0.01}
        assert asked & agreed == changed

    def test_changed_to_less_and_to_somebody_else(
        self, portfolio: Portfolio, sent: list[Request]
    ) -> None:
        def answer(row: dict[str, Any]) -> dict[str, Any] | None:
            if not row["person_id"]:
                return {"answer": "agreed", "person_agreed": "q", "fte_agreed": 0.01} | (
                    {"answer": "changed to"}
                )
            return None

        books = [filled(one, answer) for one in sent]
        found = answered_assignments(portfolio, books)
        new = found.assignments.iloc[2:]
        assert found.changed == len(new) > 0
        assert set(new["person_id"]) == {"q"}
        assert set(new["fte"]) == {0.01}
        assert found.open > 0

    def test_who_gives_less_is_not_asked_for_the_rest(
        self, portfolio: Portfolio, sent: list[Request]
    ) -> None:
        """Each person of a line gives half of what they are asked for, and no more is planned."""
        half: dict[tuple[str, ...], float] = {}

        def answer(row: dict[str, Any]) -> dict[str, Any] | None:
            if not row["person_id"]:
                return None
            half[tuple(row[name] for name in KEY)] = row["fte"] / 2
            return {"answer": "changed to", "fte_agreed": row["fte"] / 2}

        done = _named_again(portfolio, [filled(one, answer) for one in sent])
        assert half
        for key, fte in half.items():
            assert done[key] == pytest.approx(fte, abs=1e-5)

    def test_who_comes_instead_replaces_who_was_asked_for(
        self, portfolio: Portfolio, sent: list[Request]
    ) -> None:
        gone: list[tuple[str, ...]] = []

        def answer(row: dict[str, Any]) -> dict[str, Any] | None:
            if gone or row["period"] != "2027-02" or row["project_id"] != "B":
                return None
            gone.append(tuple(row[name] for name in KEY))
            other = "q" if row["person_id"] != "q" else "s"
            return {"answer": "changed to", "person_agreed": other, "fte_agreed": 0.1}

        done = _named_again(portfolio, [filled(one, answer) for one in sent])
        (asked,) = gone
        assert asked not in done
        assert done[("q" if asked[0] != "q" else "s", *asked[1:])] >= 0.1 - 1e-5

    def test_an_answer_stands_instead_of_the_booking_it_is_about(
        self, portfolio: Portfolio, sent: list[Request]
    ) -> None:
        """p is held with 0.5 on A; refusing more takes the booking back."""
        about = {"person_id": "p", "project_id": "A", "period": "2027-01"}
        asked = []

        def answer(row: dict[str, Any]) -> dict[str, Any] | None:
            if all(row[name] == value for name, value in about.items()):
                asked.append(row)
                return {"answer": "refused"}
            return None

        books = [filled(one, answer) for one in sent]
        assert asked
        table = answered_assignments(portfolio, books).assignments
        (row,) = table[(table["person_id"] == "p") & (table["period"] == "2027-01")].to_dict(
            "records"
        )
        assert (row["kind"], row["booking"]) == ("banned", "")
        assert pd.isna(row["fte"])


def _named_again(portfolio: Portfolio, books: list[Path]) -> dict[tuple[str, ...], float]:
    """FTE by key of the next allocation, which keeps what was answered."""
    answered = answered_assignments(portfolio, books).assignments
    after = portfolio.with_tables({"assignments": answered})
    again = allocate(after, Scenario.from_dict({"ignore": ["role_capacity"]}), EXACT)[1].allocation
    assert again is not None
    keys = [tuple(str(part) for part in key) for key in again[KEY].to_numpy().tolist()]
    return dict(zip(keys, again["fte"].tolist(), strict=True))


def _fte(held: pd.DataFrame, key: tuple[str, ...]) -> float:
    return float(held.set_index(KEY)["fte"][key])


NOTHING = pd.DataFrame(
    columns=["project_id", "role_id", "period", "fte", "demand", "spare", "movable", "trainable",
             "remedy", "reason"]
)  # fmt: skip


class TestFaults:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"answer": "ok"}, "column answer: 'ok' is not a word that this column knows"),
            ({"fte_agreed": 0.5}, "column answer: is blank, and the row is filled in"),
            ({"answer": "changed to"}, "column fte_agreed: is blank, and the row is changed"),
            ({"answer": "changed to", "fte_agreed": 0}, "'0' gives nothing; write a number"),
            ({"answer": "changed to", "fte_agreed": 1.5}, "above the most allowed, 1"),
            ({"answer": "agreed", "fte_agreed": 0.01}, "asked for, and the row is agreed"),
            ({"answer": "refused", "fte_agreed": 0.2}, "is filled in, and the row is refused"),
            ({"answer": "changed to", "person_agreed": "zz"}, "'zz' is not the id of a person"),
            ({"answer": "agreed", "project_id": "ZZ"}, "'ZZ' is not in the data"),
            ({"answer": "agreed", "period": "2031-01"}, "'2031-01' is no period of the data"),
            ({"answer": "agreed", "period": ""}, "column period: is blank"),
            ({"answer": "agreed", "role_id": "S", "person_id": "p"}, "has no skill for the role S"),
            ({"answer": "agreed", "person_agreed": "s"}, "is somebody else, and the row is agreed"),
        ],
    )
    def test_of_one_row(
        self, portfolio: Portfolio, sent: list[Request], changes: dict[str, Any], said: str
    ) -> None:
        done: list[int] = []

        def answer(row: dict[str, Any]) -> dict[str, Any] | None:
            if done or not row["person_id"] or row["person_id"] == "s":
                return None
            done.append(1)
            return changes

        books = [filled(one, answer) for one in sent]
        found = faults(portfolio, *books)
        assert any(said in fault for fault in found), found
        place = f"{sent[0].workbook.name}[role R], row "
        assert all(fault.startswith(place) for fault in found), found

    @pytest.mark.parametrize(("fence", "right"), [("O", True), ("I", True), ("X", False)])
    def test_somebody_kept_for_another_programme(
        self, small: Small, tmp_path: Path, fence: str, right: bool
    ) -> None:
        """A is of I, within O: who is kept for either may be named, and who is kept for X not."""
        portfolio = small(
            {"A": {"value": 5, "force": "in", "need": [1], "programme_id": "I"}},
            periods=1,
            frequency="month",
            people={"p": {"R": 1}, "q": {"R": 0.5}},
            facts={"q": {"programme_id": fence}},
            programmes=[
                {"programme_id": "O", "name": "O"},
                {"programme_id": "I", "name": "I", "parent_id": "O"},
                {"programme_id": "X", "name": "X"},
            ],
        )
        requests = write_requests(portfolio, allocate(portfolio, settings=EXACT)[1], tmp_path / "o")
        named = {"answer": "changed to", "person_agreed": "q"}
        books = [filled(one, lambda row: named) for one in requests]
        if right:
            answered_assignments(portfolio, books)
        else:
            (fault,) = faults(portfolio, *books)
            assert "is ring-fenced for X, and A is not of it" in fault

    def test_all_at_once(self, portfolio: Portfolio, sent: list[Request]) -> None:
        count = []

        def answer(row: dict[str, Any]) -> dict[str, Any]:
            count.append(row)
            return {"answer": "changed to"}

        books = [filled(one, answer) for one in sent]
        assert len(faults(portfolio, *books)) == len(count)

    def test_more_time_than_there_is(self, portfolio: Portfolio, sent: list[Request]) -> None:
        def answer(row: dict[str, Any]) -> dict[str, Any] | None:
            if row["person_id"] and row["role_id"] == "R":
                return {"answer": "changed to", "person_agreed": "s", "fte_agreed": 0.6}
            return None

        books = [filled(one, answer) for one in sent]
        found = faults(portfolio, *books)
        # s is committed whole in the first month already.
        assert any(
            "makes 1.6 FTE committed of s in 2027-01, more than the 1 that" in f for f in found
        )

    def test_the_same_workbook_twice(self, portfolio: Portfolio, sent: list[Request]) -> None:
        book = filled(sent[0], lambda row: {"answer": "agreed"} if row["person_id"] else None)
        assert all("answers again what" in fault for fault in faults(portfolio, book, book))

    def test_a_file_that_is_no_workbook(self, portfolio: Portfolio, tmp_path: Path) -> None:
        wrong = tmp_path / "answer.xlsx"
        wrong.write_text("agreed")
        (said, absent) = faults(portfolio, wrong, tmp_path / "absent.xlsx")
        assert "answer.xlsx" in said
        assert "is no file" in absent

    def test_a_workbook_that_would_unpack_to_too_much(
        self, portfolio: Portfolio, sent: list[Request], tmp_path: Path
    ) -> None:
        bomb = tmp_path / "bomb.xlsx"
        with (
            zipfile.ZipFile(sent[0].workbook) as source,
            zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for item in source.infolist():
                data = source.read(item)
                if item.filename.endswith("sheet2.xml"):
                    data += b" " * 50_000_000
                target.writestr(item.filename, data)
        (said,) = faults(portfolio, bomb)
        assert "bomb.xlsx" in said

    def test_a_formula_is_not_run(self, portfolio: Portfolio, sent: list[Request]) -> None:
        book = filled(sent[0], lambda row: {"answer": '="agreed"'})
        assert any("formula that was never calculated" in said for said in faults(portfolio, book))


def test_nobody_to_ask(portfolio: Portfolio, tmp_path: Path) -> None:
    work = portfolio["assignments"][[*KEY, "fte"]]
    held = Allocation("optimal", allocation=work, shortage=NOTHING)
    with pytest.raises(ReportError, match="committed already"):
        write_requests(portfolio, held, tmp_path / "out")
    assert not (tmp_path / "out").exists()
