"""The studio's database: SQLite with write-ahead logging, brought up to date by alembic."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

FILE = "studio.sqlite"
Row: TypeAlias = dict[str, Any]


class Database:
    """One connection, used from several threads one at a time."""

    def __init__(self, path: Path) -> None:
        migrate(path)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
            self._connection.execute(f"PRAGMA {pragma}")

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """Run a statement; all rows of its result."""
        with self._lock:
            return [dict(row) for row in self._connection.execute(statement, values)]

    def row(self, statement: str, values: Sequence[object] = ()) -> Row | None:
        """The first row of a result, if there is one."""
        return next(iter(self.rows(statement, values)), None)

    def insert(self, table: str, row: Row) -> None:
        """Add a row; the names are those of the program, never of a request."""
        marks = ", ".join("?" * len(row))
        self.rows(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))

    def update(self, table: str, key: str, **changes: object) -> None:
        """Change columns of the row with this ``id``."""
        sets = ", ".join(f"{name} = ?" for name in changes)
        self.rows(f"UPDATE {table} SET {sets} WHERE id = ?", (*changes.values(), key))

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def migrate(path: Path) -> None:
    """Create the database, or bring an older one to the present schema."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["path"] = path
    command.upgrade(config, "head")
