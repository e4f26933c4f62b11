import gzip

import duckdb
import pandas as pd
import pytest

from fairgo.core.errors import BadRequest, NotFound
from fairgo.tables.sources import collect, open_table


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="no file") as problem:
        open_table(tmp_path / "absent.parquet")
    assert problem.value.hint


def test_an_address_is_not_fetched():
    with pytest.raises(NotFound, match="no file"):
        open_table("https://data.example/decisions.csv")


def test_a_pattern_that_matches_nothing_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        open_table(str(tmp_path / "*.csv"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("empty.parquet", b"", "is empty"),
        ("short.parquet", b"PAR1", "damaged"),
        ("text.parquet", b"gender,offer\nF,1\n" * 20, "damaged"),
        ("latin.csv", "gender,offer\nMänner,1\n".encode("latin-1"), "UTF-8"),
        ("decisions.xlsx", b"PK", "neither Parquet nor CSV"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, name, content, message):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadRequest, match=message) as problem:
        collect(open_table(file))
    assert problem.value.hint


def test_a_row_that_breaks_late_in_the_file_quotes_no_customer(tmp_path):
    file = tmp_path / "late.csv"
    file.write_text("gender,offer\n" + "F,1\n" * 60_000 + "Jane Citizen,1,2,3\n", encoding="utf-8")
    with pytest.raises(BadRequest, match="damaged") as problem:
        collect(open_table(file))
    assert "Jane" not in problem.value.message + problem.value.hint


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(BadRequest, match="is a folder") as problem:
        open_table(tmp_path)
    assert "*.parquet" in problem.value.hint


def test_a_pattern_of_two_kinds_is_refused(tmp_path):
    pd.DataFrame({"g": [1]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.csv").write_text("g\n1\n", encoding="utf-8")
    with pytest.raises(BadRequest, match="mixes"):
        open_table(str(tmp_path / "a.*"))


@pytest.mark.parametrize("thing", [17, ["rows"], None, pd.DataFrame([[1, 2]], columns=["g", "g"])])
def test_what_is_no_table_is_refused(thing):
    with pytest.raises(BadRequest, match="cannot be read as a table"):
        open_table(thing)


def test_a_compressed_file_and_other_separators_are_read(tmp_path):
    with gzip.open(tmp_path / "rows.csv.gz", "wt", encoding="utf-8") as file:
        file.write("g;y\na;1\nb;0\n")
    assert collect(open_table(tmp_path / "rows.csv.gz")).rows() == [("a", "1"), ("b", "0")]


def test_duckdb_may_neither_load_nor_fetch_extensions(tmp_path):
    (tmp_path / "rows.csv").write_text("g\na\n", encoding="utf-8")
    relation = open_table(tmp_path / "rows.csv").to_native()
    names = ("autoinstall_known_extensions", "autoload_known_extensions")
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    allowed = relation.project(", ".join(f"current_setting('{name}')" for name in names)).fetchall()[0]
    assert [str(value).lower() for value in allowed] == ["false", "false"]
