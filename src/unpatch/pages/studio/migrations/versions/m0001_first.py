"""Files, jobs, graphs and ratings."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """CREATE TABLE files (
        id TEXT PRIMARY KEY,
        sha256 TEXT NOT NULL,
        name TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        kind TEXT NOT NULL,
        facts TEXT NOT NULL,
        created_s REAL NOT NULL
    )""",
    """CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        task TEXT NOT NULL,
        name TEXT NOT NULL,
        request TEXT NOT NULL,
        state TEXT NOT NULL,
        progress TEXT,
        result TEXT,
        error TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        created_s REAL NOT NULL,
        started_s REAL,
        ended_s REAL
    )""",
    "CREATE INDEX jobs_by_state ON jobs (state, created_s)",
    """CREATE TABLE graphs (
        id TEXT PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        graph TEXT NOT NULL,
        created_s REAL NOT NULL,
        UNIQUE (job, name)
    )""",
    """CREATE TABLE ratings (
        id TEXT PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        method TEXT NOT NULL,
        trial TEXT NOT NULL,
        created_s REAL NOT NULL
    )""",
)


def upgrade() -> None:
    """Create all tables."""
    for table in TABLES:
        op.execute(table)


def downgrade() -> None:
    """Remove them."""
    for table in ("ratings", "graphs", "jobs", "files"):
        op.execute(f"DROP TABLE {table}")
