"""Alembic runs this file for every migration: it connects to the database named in the configuration."""

from alembic import context
from sqlalchemy import NullPool, create_engine

engine = create_engine(f"sqlite:///{context.config.attributes['path']}", poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
