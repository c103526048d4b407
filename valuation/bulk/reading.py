"""Parquet files as pieces of rows, a few at a time in memory, and Arrow tables as bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from valuation.bulk.columns import NEEDED, ONE_OF, Column
from valuation.importing.cells import Cell

if TYPE_CHECKING:
    import pyarrow

BUFFER_BYTES: Final = 1 << 20
COLUMNS_MAX: Final = 10_000
OUT_OF_RANGE: Final = "out of range"
"""Stands for a value that Python cannot hold, such as a day in the year 40,000: no reader takes it."""


@dataclass(eq=False)
class UnreadableFile(ValueError):
    """The file is not a table that can be valued."""

    hint: str
    hint_zh: str

    def __str__(self) -> str:
        return f"{self.hint} / {self.hint_zh}"


class Source:
    """A Parquet file to be valued. Raises UnreadableFile when made and while it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with _readable():
            self._file = _open(path)
            self.rows: int = self._file.metadata.num_rows
            self.schema: pyarrow.Schema = self._file.schema_arrow
        names = self.schema.names
        _check_columns(self.schema)
        self.columns = tuple(str(one) for one in Column if one in names)
        self.ignored = tuple(name for name in names if name not in self.columns)

    def sha256(self) -> str:
        """The hash of the file's bytes, in hex."""
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def pieces(self, size: int, *, start: int = 0) -> Iterator[pyarrow.Table]:
        """Tables of `size` rows, the last one shorter, from row `start` (from 0) on; groups before it are not read."""
        import pyarrow as pa

        groups, skip = self._from(start)
        waiting: list[Any] = []
        count = 0
        with _readable():
            for batch in self._file.iter_batches(
                batch_size=size, row_groups=groups, columns=list(self.columns), use_threads=False
            ):
                rows = batch.slice(skip)
                skip = max(0, skip - batch.num_rows)
                waiting.append(rows)
                count += rows.num_rows
                while count >= size:
                    table = pa.Table.from_batches(waiting)
                    yield table.slice(0, size)
                    waiting, count = table.slice(size).to_batches(), count - size
        if count:
            yield pa.Table.from_batches(waiting)

    def _from(self, start: int) -> tuple[list[int], int]:
        """The row groups that hold rows from `start` on, and how many rows of the first are before it."""
        metadata, before = self._file.metadata, 0
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            if before + rows > start:
                return list(range(group, metadata.num_row_groups)), start - before
            before += rows
        return [], 0


def plain(column: pyarrow.ChunkedArray) -> list[Cell]:
    """The values of a column as Python has them."""
    try:
        values: list[Cell] = column.to_pylist()
    except (ValueError, OverflowError):
        return [_plain_one(value) for value in column]
    return values


def to_bytes(table: pyarrow.Table) -> bytes:
    """A table as Arrow IPC."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def from_bytes(content: bytes) -> pyarrow.Table:
    """Read what `to_bytes` wrote."""
    import pyarrow as pa

    with pa.ipc.open_stream(content) as reader:
        return reader.read_all()


def _plain_one(value: Any) -> Cell:
    try:
        found: Cell = value.as_py()
    except (ValueError, OverflowError):
        return OUT_OF_RANGE
    return found


def _open(path: Path) -> Any:
    from pyarrow import parquet

    return parquet.ParquetFile(path, buffer_size=BUFFER_BYTES, pre_buffer=False)


def _check_columns(schema: pyarrow.Schema) -> None:
    import pyarrow as pa

    names = schema.names
    if len(names) > COLUMNS_MAX:
        raise UnreadableFile("too many columns", "列数过多")
    twice = (
        sorted({name for name in names if names.count(name) > 1} & set(Column)) if len(set(names)) < len(names) else []
    )
    if twice:
        raise UnreadableFile(f"the column {twice[0]} is there twice", f"列 {twice[0]} 重复")
    missing = [str(one) for one in NEEDED if one not in names]
    if not any(one in names for one in ONE_OF):
        missing.append(" or ".join(ONE_OF))
    if missing:
        raise UnreadableFile(f"columns are missing: {', '.join(missing)}", f"缺少列：{', '.join(missing)}")
    for name in names:
        kind = schema.field(name).type
        if name in set(Column) and not _is_plain(kind.value_type if pa.types.is_dictionary(kind) else kind):
            raise UnreadableFile(
                f"the column {name} holds {kind}, not plain values", f"列 {name} 的类型 {kind} 无法读取"
            )


def _is_plain(kind: pyarrow.DataType) -> bool:
    from pyarrow import types

    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_decimal(kind)
        or types.is_date(kind)
        or types.is_timestamp(kind)
        or types.is_boolean(kind)
        or types.is_null(kind)
    )


@contextmanager
def _readable() -> Iterator[None]:
    """Turns what Arrow says of a broken file into UnreadableFile."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(f"not a readable Parquet file: {error}", "不是可读取的 Parquet 文件") from error
