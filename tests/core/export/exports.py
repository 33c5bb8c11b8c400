"""Small things that tests of exports are made of."""

from core.export.choices import ExportChoices
from core.export.corrected import AuditDecisions
from core.export.outgoing import Outgoing
from core.export.writers.csv_file import pieces


def csv_of(store, choices=None):
    """The CSV of a store that belongs to no audit."""
    with store.snapshot() as snapshot:
        return b"".join(pieces(Outgoing(AuditDecisions(snapshot), choices or ExportChoices())))


def write_csv(store, path, choices=None):
    """Write that CSV, without what comes with an export."""
    path.write_bytes(csv_of(store, choices))
