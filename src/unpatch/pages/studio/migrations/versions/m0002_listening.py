"""Listeners of listening tests and their scores."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    """CREATE TABLE listeners (
        id TEXT PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        seed INTEGER NOT NULL,
        created_s REAL NOT NULL,
        UNIQUE (job, name)
    )""",
    """CREATE TABLE scores (
        listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
        trial INTEGER NOT NULL,
        condition TEXT NOT NULL,
        score REAL NOT NULL,
        place INTEGER NOT NULL,
        created_s REAL NOT NULL,
        PRIMARY KEY (listener, trial, condition)
    )""",
)


def upgrade() -> None:
    """Create both tables."""
    for table in TABLES:
        op.execute(table)


def downgrade() -> None:
    """Remove them."""
    for table in ("scores", "listeners"):
        op.execute(f"DROP TABLE {table}")
