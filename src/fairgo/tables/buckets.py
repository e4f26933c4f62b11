"""Customers in hash buckets, the same bucket on every engine: MD5 of the customer's name as text, modulo the buckets.

Rows of one customer hang together, so intervals need to know which do; buckets tell without keeping who. MD5 is used to
spread, not to protect: the number of a bucket says nothing of a customer.
"""

import hashlib
from typing import Any

import narwhals as nw

from fairgo.core.errors import BadRequest
from fairgo.stats.cube import MISSING, label

BUCKET = "fairgo_bucket"


def with_buckets(table: nw.LazyFrame[Any], customer: str, buckets: int) -> nw.LazyFrame[Any]:
    """The table with a column of buckets from 0; rows without a customer get a last bucket of their own, `buckets`."""
    kind = table.implementation
    native = nw.to_native(table)
    if kind.is_duckdb():
        name = '"' + customer.replace('"', '""') + '"'
        text = f"regexp_replace(CAST({name} AS VARCHAR), '\\.0+$', '')"
        number = f"('0x' || substr(md5({text}), 1, 8))::UBIGINT % {buckets}"
        chosen = f"CASE WHEN trim({text}) = '' OR {text} IS NULL THEN {buckets} ELSE {number} END"
        return _wrapped(native.project(f"*, ({chosen})::BIGINT AS {BUCKET}"))
    if kind.is_pyspark() or kind.is_pyspark_connect():
        from pyspark.sql import functions as F  # noqa: N812, PLC0415 - only there with the extra

        name = "`" + customer.replace("`", "``") + "`"
        text = f"regexp_replace(CAST({name} AS STRING), '[.]0+$', '')"
        number = f"CAST(conv(substr(md5({text}), 1, 8), 16, 10) AS BIGINT) % {buckets}"
        chosen = f"CASE WHEN {text} IS NULL OR trim({text}) = '' THEN {buckets} ELSE {number} END"
        return _wrapped(native.withColumn(BUCKET, F.expr(f"CAST({chosen} AS BIGINT)")))
    if kind.is_polars() or kind.is_pandas_like() or kind.is_pyarrow():
        return _joined(table, customer, buckets)
    raise BadRequest(
        f"customers cannot be told apart in a table of {kind.value}",
        hint="leave the customer column out, or give a file, a dataframe or a Spark table",
    )


def _wrapped(native: Any) -> nw.LazyFrame[Any]:
    wrapped: nw.LazyFrame[Any] = nw.from_native(native).lazy()
    return wrapped


def bucket(text: str, buckets: int) -> int:
    """The bucket of one customer by name."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % buckets


def _joined(table: nw.LazyFrame[Any], customer: str, buckets: int) -> nw.LazyFrame[Any]:
    """The buckets of the different customers, worked out here and joined on."""
    eager = table.collect()
    values = eager.get_column(customer)
    names = values.unique()
    texts = [label(value) for value in names.to_list()]
    found = [buckets if text == MISSING else bucket(text, buckets) for text in texts]
    chosen = values.replace_strict(names.to_list(), found, return_dtype=nw.Int64)
    return eager.with_columns(chosen.fill_null(buckets).alias(BUCKET)).lazy()
