"""Runs migrations on a database that is in use: short locks, short statements, one transaction each."""

from alembic import context
from sqlalchemy import create_engine, text

from gallery.models import Base

config = context.config
url = config.attributes["url"].replace("postgresql://", "postgresql+psycopg://", 1)

engine = create_engine(url)
with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '300s'"))
    connection.commit()
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
