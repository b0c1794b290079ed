from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.errors import ReportError
from portfolio.reports.kinds import BOARD
from portfolio.reports.publish import publish_report
from portfolio.reports.secrets import refuse_secrets, remove_leaks, without_secrets
from portfolio.reports.store import find_runs

from .notebooks import PARAMETERS, write

SECRET = "correct-horse-battery"


@pytest.mark.parametrize(
    ("parameters", "what"),
    [
        ({"db_password": ""}, "a secret, by its name"),
        ({"API_KEY": "x"}, "a secret, by its name"),
        ({"token": None}, "a secret, by its name"),
        ({"data": f"postgresql://pmo:{SECRET}@host/db"}, "a password in an address"),
        ({"data": f"Server=s;PWD={SECRET};"}, "a password"),
        ({"out": ["-----BEGIN RSA PRIVATE KEY-----\nMIIE"]}, "a private key"),
        ({"out": {"a": {"b": "AKIA" + "A1" * 8}}}, "an access key"),
        ({"out": "ghp_" + "a1" * 18}, "an access key"),
        ({"out": "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJ"}, "a token"),
    ],
)
def test_secrets_are_refused_and_not_repeated(parameters: dict[str, Any], what: str) -> None:
    with pytest.raises(ReportError, match=f"holds {what}. Parameters are kept") as caught:
        refuse_secrets({"period": "2026-11", **parameters})
    assert caught.value.exit_code == 2
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "parameters",
    [
        {"data": "C:\\data\\2026", "keys": ["a"], "key": "value", "monkey": 1, "tokens_per": 2},
        {"data": "https://host/path?q=a@b", "gap": 0.1, "names": True, "author": None},
        {"text": "the password is in the safe"},
    ],
)
def test_what_is_none_is_let_through(parameters: dict[str, Any]) -> None:
    refuse_secrets(parameters)


def test_all_at_once() -> None:
    with pytest.raises(ReportError) as caught:
        refuse_secrets({"secret": 1, "data": "a://b:c@d"})
    assert len(str(caught.value).splitlines()) == 2


@given(st.recursive(st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(
    st.text(max_size=3), inner
)))  # fmt: skip
def test_values_of_secret_variables_are_replaced(value: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MY_TOKEN", SECRET)
        patch.setenv("MY_TOKEN_PREFIX", SECRET[:10])
        patch.setenv("OTHER", "no-secret-at-all")
        assert without_secrets(value) == value
        told = without_secrets([value, f"<{SECRET}>", {"a": f"no-secret-at-all {SECRET}"}])
    assert told == [value, "<[MY_TOKEN]>", {"a": "no-secret-at-all [MY_TOKEN]"}]


def test_places_are_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("x")
    for name, value in (("PWD", tmp_path), ("GIT_TOKEN_FILE", tmp_path / "token")):
        monkeypatch.setenv(name, str(value))
        assert without_secrets(f"made in {value}") == f"made in {value}"


def test_short_values_are_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "budget")
    assert without_secrets("the budget") == "the budget"


def test_files_with_secrets_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_PASSWORD", SECRET)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "bad.csv").write_text(f"a\n{SECRET}\n")
    (tmp_path / "good.csv").write_text("a\n")
    with pytest.raises(ReportError, match=r"bad\.csv \(the value of MY_PASSWORD\)") as caught:
        remove_leaks(tmp_path)
    assert SECRET not in str(caught.value)
    assert [path.name for path in tmp_path.rglob("*.csv")] == ["good.csv"]
    remove_leaks(tmp_path)


def test_a_run_keeps_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", SECRET)
    data = tmp_path / "data"
    data.mkdir()
    source = write(
        tmp_path / "n.ipynb",
        "import os; password = os.environ['DB_PASSWORD']; print(password); password",
        "raise ValueError(f'cannot connect with {password}')",
        parameters=PARAMETERS + "db_password: str = ''\n",
    )
    reports = tmp_path / "r"
    with pytest.raises(ReportError, match="db_password' holds a secret"):
        publish_report(
            BOARD, data, reports=reports, notebook=source, parameters={"db_password": SECRET}
        )
    assert not reports.exists()
    with pytest.raises(ReportError, match=r"cannot connect with \[DB_PASSWORD\]"):
        publish_report(BOARD, data, reports=reports, notebook=source)
    (run,) = find_runs(reports)
    kept = {path.name: path.read_text() for path in run.folder.iterdir()}
    assert {"manifest.json", "report.ipynb", "log.txt"} <= set(kept)
    assert not any(SECRET in text for text in kept.values())
    assert kept["report.ipynb"].count("[DB_PASSWORD]") > 2
