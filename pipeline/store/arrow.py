"""Rows as Arrow tables, the form in which they go into DuckDB in bulk, and from one process to another.

Part of `store`; knows the schema, no database.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa

from pipeline.store import schema

_TYPES = {
    "VARCHAR": pa.string(), "VARCHAR[]": pa.list_(pa.string()), "INTEGER": pa.int32(), "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(), "DOUBLE": pa.float64(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us"),
}


@lru_cache(maxsize=1)
def _schemas() -> dict[str, pa.Schema]:
    described = {**schema.all_tables(), **schema.private_tables()}
    return {
        name: pa.schema([(column.name, _TYPES[column.type.removesuffix(" NOT NULL")]) for column in table.columns])
        for name, table in described.items()
    }


def table_of(name: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """`rows` (dicts by column; missing ones are null) of the table `name`. An unknown column is a KeyError."""
    wanted = _schemas()[name]
    for column in rows[0] if rows else ():
        if wanted.get_field_index(column) < 0:
            raise KeyError(f"{name} has no column {column}")
    try:
        return pa.Table.from_pylist(list(rows), schema=wanted)
    except UnicodeEncodeError:  # half of a surrogate pair: one character stands for it, so that offsets stay
        return pa.Table.from_pylist([_encodable(row) for row in rows], schema=wanted)


def packed(table: pa.Table) -> bytes:
    """`table` as bytes (Arrow IPC, compressed): what workers send."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked(data: bytes) -> pa.Table:
    """The table in `data`."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def _encodable(row: dict[str, Any]) -> dict[str, Any]:
    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode("utf-8")
        return [clean(part) for part in value] if isinstance(value, list) else value

    return {name: clean(value) for name, value in row.items()}
