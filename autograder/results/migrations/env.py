"""What Alembic runs for each migration: on the connection that schema.py has opened."""

from alembic import context

from autograder.results.database import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
