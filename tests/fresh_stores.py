"""New databases of tests are copies of one that was made as any is, by all migrations.

Making one takes ten times as long as copying it, and every second test makes one.
"""

import shutil
import tempfile
from pathlib import Path

from core.store import Store
from core.store.connection import StoreBase

make = StoreBase.__init__
"""As the program has it."""

_template: list[Path] = []


def _made_once() -> Path:
    if not _template:
        path = Path(tempfile.mkdtemp(prefix="second-look-")) / "audit.db"
        store = Store.__new__(Store)
        make(store, path)
        store.close()
        _template.append(path)
    return _template[0]


def _copied(self: StoreBase, path: Path) -> None:
    if not path.exists() and path.parent.is_dir():
        shutil.copyfile(_made_once(), path)
    make(self, path)


def copy_from_now_on() -> None:
    """Let each new store of this process begin with a copy."""
    StoreBase.__init__ = _copied


def remove_template() -> None:
    for path in _template:
        shutil.rmtree(path.parent, ignore_errors=True)
