"""Opening tables: files through DuckDB, and any table Narwhals knows, as one lazy table.

Nothing here reaches the network: DuckDB may neither load nor fetch extensions, and only files on
this machine are named to it.
"""

import glob
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw

from fairgo.core.errors import BadRequest, NotFound

PARQUET = (".parquet", ".pq")
CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_KINDS = "give a .parquet or .csv file, a pattern such as 'decisions/*.parquet', or a table"


def open_table(source: object) -> nw.LazyFrame[Any]:
    """A lazy table over a path, a pattern of paths, or any table Narwhals takes.

    Raises NotFound when no file is there, and BadRequest when it is empty, damaged or of another kind.
    Every column of a CSV file is text: `0800` stays `0800`.
    """
    if isinstance(source, str | Path):
        return _open_files(_files(str(source)))
    try:
        return nw.from_native(source).lazy()  # type: ignore[call-overload, no-any-return]
    except (TypeError, nw.exceptions.NarwhalsError):
        raise BadRequest(f"a {type(source).__name__} cannot be read as a table", hint=_KINDS) from None


def collect(table: nw.LazyFrame[Any]) -> nw.DataFrame[Any]:
    """The rows of a lazy table. Raises BadRequest when its file turns out to be damaged on the way."""
    try:
        return table.collect()
    except duckdb.Error as wrong:
        raise _damaged("the table", wrong) from None


def _files(pattern: str) -> list[Path]:
    path = Path(pattern)
    if path.is_dir():
        raise BadRequest(f"{path} is a folder, not a file", hint=f"name its files: '{path}/*.parquet'")
    found = [path]
    if not path.exists():
        # Path.glob refuses patterns that start at the root.
        found = sorted(Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207 - see above
    if not found:
        raise NotFound(
            f"there is no file {pattern}", hint="check the path, or quote a pattern such as '*.csv'"
        )
    for file in found:
        if not file.name.lower().endswith(PARQUET + CSV):
            raise BadRequest(f"{file} is neither Parquet nor CSV", hint=_KINDS)
        if file.stat().st_size == 0:
            raise BadRequest(f"{file} is empty", hint="write the decisions to it first, with a header line")
    return found


def _open_files(files: list[Path]) -> nw.LazyFrame[Any]:
    # DuckDB reads patterns itself, so a file whose real name holds [ or * must be escaped.
    names = [glob.escape(str(file)) for file in files]
    parquet = [file.name.lower().endswith(PARQUET) for file in files]
    if any(parquet) and not all(parquet):
        raise BadRequest("the pattern mixes Parquet and CSV files", hint="audit one kind of file at a time")
    connection = duckdb.connect(":memory:", config=_OFFLINE)
    try:
        if all(parquet):
            relation = connection.read_parquet(names, union_by_name=True)
        else:
            relation = connection.read_csv(
                names,  # type: ignore[arg-type]  # the stubs know one file only
                header=True,
                all_varchar=True,
                union_by_name=True,
            )
    except duckdb.Error as wrong:
        raise _damaged(str(files[0]) if len(files) == 1 else f"one of {len(files)} files", wrong) from None
    return nw.from_native(relation).lazy()


def _damaged(name: str, wrong: duckdb.Error) -> BadRequest:
    # DuckDB's own words can quote rows, and rows are customers' data.
    if "unicode" in str(wrong).lower() or "utf" in str(wrong).lower():
        return BadRequest(f"{name} is not UTF-8 text", hint="save it as UTF-8 and try again")
    return BadRequest(
        f"{name} cannot be read as a table: it is damaged or not what its name says",
        hint="open it with the tool that wrote it, and write it again",
    )
