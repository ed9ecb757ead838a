"""Changes of the schema, one file a version; `schema.py` runs them through Alembic."""
