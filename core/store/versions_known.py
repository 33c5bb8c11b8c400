"""Which migrations a database has that this version does not know: a newer one has written it."""

from __future__ import annotations

from sqlite_utils import Database

from core.store.migrations import migrations


def unknown_migrations(db: Database) -> list[str]:
    """Return the names of the migrations that this version does not have, oldest first.

    A database that has any must not be touched: views and triggers of this
    version would be put in the place of those that its columns need.
    """
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    return [one.name for one in migrations.applied(db) if one.name not in known]
