import json

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgo.core.errors import BadRequest, NotFound
from fairgo.stats.cube import MISSING, Layout, counted, measured
from fairgo.tables.cube import Columns, count

ROW = st.tuples(
    st.sampled_from(["F", "M", "", None]),
    st.sampled_from([1, 2, None]),
    st.sampled_from([0.5, 1.0, None]),
    st.sampled_from([True, False, None]),
)
COLUMNS = ("gender", "band", "share", "offer")
WANTED = {"attributes": COLUMNS[:3], "outcome": "offer"}


def cube_of(source, *, attributes, outcome, truth=None, **more):
    return count(source, Columns(tuple(attributes), outcome, truth, **more))


def arrow(rows):
    types = (pa.string(), pa.int64(), pa.float64(), pa.bool_())
    columns = zip(*rows, strict=True)
    return pa.table(
        {name: pa.array(column, kind) for name, column, kind in zip(COLUMNS, columns, types, strict=True)}
    )


def every_kind_of_table(table, folder):
    pq.write_table(table, folder / "rows.parquet")
    table.to_pandas().to_csv(folder / "pandas.csv", index=False)
    pl.from_arrow(table).write_csv(folder / "polars.csv")
    yield from (folder / "rows.parquet", str(folder / "pandas.csv"), folder / "polars.csv")
    yield from (table, table.to_pandas(), pl.from_arrow(table), pl.from_arrow(table).lazy())
    connection = duckdb.connect()
    yield connection.from_arrow(table)


@settings(max_examples=15)
@given(st.lists(ROW, min_size=1, max_size=30))
def test_every_kind_of_table_gives_the_same_cube(tmp_path_factory, rows):
    table = arrow(rows)
    cubes = [cube_of(kind, **WANTED) for kind in every_kind_of_table(table, tmp_path_factory.mktemp("kinds"))]
    assert all(cube == cubes[0] for cube in cubes)
    assert cubes[0].rows == len(rows)


@given(st.lists(ROW, min_size=2, max_size=40), st.data())
def test_the_cubes_of_two_parts_add_up_to_the_cube_of_the_whole(rows, data):
    at = data.draw(st.integers(1, len(rows) - 1))
    parts = [cube_of(arrow(part), **WANTED) for part in (rows[:at], rows[at:])]
    assert parts[0] + parts[1] == cube_of(arrow(rows), **WANTED)


def test_nothing_blank_text_and_not_a_number_are_one_group(tmp_path):
    file = tmp_path / "gaps.csv"
    file.write_text('gender,offer\n,yes\n"",yes\n  ,no\nNaN,no\nF,\n', encoding="utf-8")
    cube = cube_of(file, attributes=["gender"], outcome="offer")
    assert cube.cells() == {(MISSING, "yes"): 2, (MISSING, "no"): 2, ("F", MISSING): 1}


def test_codes_with_leading_noughts_stay_as_they_are(tmp_path):
    file = tmp_path / "codes.csv"
    file.write_text("postcode,offer\n0800,1\n0800,0\n2000,1\n", encoding="utf-8")
    assert cube_of(file, attributes=["postcode"], outcome="offer").levels("postcode") == {
        "0800": 2,
        "2000": 1,
    }


def test_a_pattern_counts_all_its_files_by_column_name(tmp_path):
    (tmp_path / "day1.csv").write_text("gender,offer\nF,1\n", encoding="utf-8")
    (tmp_path / "day2.csv").write_text("offer,gender\n0,M\n1,F\n", encoding="utf-8")
    cube = cube_of(str(tmp_path / "day*.csv"), attributes=["gender"], outcome="offer")
    assert cube.cells() == {("F", "1"): 2, ("M", "0"): 1}


def test_a_file_whose_name_looks_like_a_pattern_is_one_file(tmp_path):
    for name in ("[a].csv", "a.csv"):
        (tmp_path / name).write_text(f"gender,offer\n{name},1\n", encoding="utf-8")
    assert cube_of(tmp_path / "[a].csv", attributes=["gender"], outcome="offer").cells() == {
        ("[a].csv", "1"): 1
    }


def test_truth_is_counted_beside_the_decision():
    table = pl.DataFrame({"g": ["a", "a", "b"], "said": [1, 1, 0], "was": [1, None, 0]})
    cube = cube_of(table, attributes=["g"], outcome="said", truth="was")
    cells = {("a", "1", "1"): 1, ("a", "1", MISSING): 1, ("b", "0", "0"): 1}
    assert cube == counted(Layout(("g",), "said", "was"), cells)


def test_the_customers_of_a_real_telco_are_counted_as_sql_counts_them(shared):
    folder = shared / "data" / "decisions" / "telco_churn"
    if not folder.is_dir():
        pytest.skip("no telco_churn in the shared data")
    (source,) = json.loads((folder / "SOURCE.json").read_text(encoding="utf-8"))
    file = folder / source["files"][0]["file"]
    cube = cube_of(file, attributes=["gender", "SeniorCitizen"], outcome="Churn")
    by_hand = duckdb.execute(
        "SELECT gender, SeniorCitizen::VARCHAR, Churn, count(*) FROM read_csv(?, all_varchar = true) GROUP BY ALL",
        [str(file)],
    ).fetchall()
    assert cube.rows == 7043
    assert cube.cells() == {tuple(key): rows for *key, rows in by_hand}


def test_a_column_that_is_not_there_names_the_nearest():
    table = pd.DataFrame({"gender": ["F"], "offer": [1]})
    with pytest.raises(NotFound, match="no column 'gendr'") as problem:
        cube_of(table, attributes=["gendr"], outcome="offer")
    assert problem.value.hint == "did you mean 'gender'?"


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        (range(51), "more than 50 different numbers", "band it first"),
        ([f"{place}.5" for place in range(51)], "more than 50 different numbers", "band it first"),
        ([f"person {place}" for place in range(201)], "more than 200 different values", "identifier"),
    ],
)
def test_an_attribute_with_too_many_values_is_no_group(values, message, hint):
    table = pl.DataFrame({"a": list(values), "offer": [1] * len(values)})
    with pytest.raises(BadRequest, match=f"'a' has {message}") as problem:
        cube_of(table, attributes=["a"], outcome="offer")
    assert hint in problem.value.hint
    assert "person 7" not in problem.value.message + problem.value.hint


def test_too_many_values_after_the_first_rows_are_seen_too():
    table = pl.DataFrame({"age": [30] * 20_000 + list(range(60)), "offer": [1] * 20_060})
    with pytest.raises(BadRequest, match="'age' has more than 50"):
        cube_of(table, attributes=["age"], outcome="offer")


def test_fifty_numbers_and_two_hundred_words_are_still_groups():
    table = pl.DataFrame(
        {"a": list(range(50)) * 4, "b": [f"suburb {place}" for place in range(200)], "y": [1] * 200}
    )
    assert cube_of(table, attributes=["a", "b"], outcome="y").rows == 200


def test_an_outcome_with_too_many_values_is_refused():
    table = pl.DataFrame({"g": ["a"] * 21, "score": list(range(21))})
    with pytest.raises(BadRequest, match="'score' has more than 20"):
        cube_of(table, attributes=["g"], outcome="score")


def test_a_table_without_rows_is_refused():
    with pytest.raises(BadRequest, match="no rows"):
        cube_of(pl.DataFrame({"g": [], "y": []}), attributes=["g"], outcome="y")


NUMERIC = pl.DataFrame(
    {
        "g": ["a", "b"] * 40,
        "y": [0, 1, 1, 0] * 20,
        "wait": [None if row % 7 == 0 else row * 1.37 for row in range(80)],
        "score": [row / 80 for row in range(80)],
        "who": [f"c{row % 9}" if row % 11 else None for row in range(80)],
        "w": [0.5 + row % 3 for row in range(80)],
    }
)
EVERYTHING = {"amount": "wait", "score": "score", "customer": "who", "weights": "w", "buckets": 8}


def test_amounts_scores_weights_and_customers_are_the_same_from_every_table(tmp_path):
    table = NUMERIC.to_arrow()
    kinds = [table, table.to_pandas(), NUMERIC, NUMERIC.lazy(), duckdb.connect().from_arrow(table)]
    NUMERIC.write_parquet(tmp_path / "rows.parquet")
    NUMERIC.write_csv(tmp_path / "rows.csv")
    cubes = [
        cube_of(kind, attributes=["g"], outcome="y", **EVERYTHING)
        for kind in (*kinds, tmp_path / "rows.parquet", tmp_path / "rows.csv")
    ]
    assert all(cube == cubes[0] for cube in cubes)
    parts = [
        cube_of(NUMERIC[rows], attributes=["g"], outcome="y", **EVERYTHING)
        for rows in (slice(0, 33), slice(33, 80))
    ]
    assert parts[0] + parts[1] == cubes[0]


def test_what_is_added_up_is_what_the_rows_hold():
    cube = cube_of(NUMERIC, attributes=["g"], outcome="y", **EVERYTHING)
    assert measured(cube.layout, cube.sums, "amounts").sum() == NUMERIC["wait"].count()
    assert measured(cube.layout, cube.sums, "amount").sum() == pytest.approx(NUMERIC["wait"].sum())
    assert measured(cube.layout, cube.sums, "weight2").sum() == pytest.approx((NUMERIC["w"] ** 2).sum())
    assert int(cube.scores.count.sum()) == 80
    assert set(cube.codes[:, -1].tolist()) <= set(range(9))


@pytest.mark.parametrize(
    ("column", "values", "more", "message"),
    [
        ("n", [1.0, -1.0], {"weights": "n"}, "weights below 0"),
        ("n", [1.0, None], {"weights": "n"}, "1 rows have no weight"),
        ("n", ["1", "two"], {"amount": "n"}, "not a number"),
        ("n", [None, None], {"amount": "n"}, "no number in any row"),
        ("n", [0.5, 7.0], {"score": "n"}, "not between 0 and 1"),
        ("n", [1e9, 1.0], {"amount": "n"}, "too large"),
    ],
)
def test_numbers_that_cannot_be_used_are_refused(column, values, more, message):
    table = pl.DataFrame({"g": ["a", "b"], "y": [0, 1], column: values}, strict=False)
    with pytest.raises(BadRequest, match=message):
        cube_of(table, attributes=["g"], outcome="y", **more)
