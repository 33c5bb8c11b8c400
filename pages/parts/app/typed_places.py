"""What somebody has typed as the place of a data set: a path that may be shown, or a URL."""

from __future__ import annotations

from pathlib import Path

from core.ingest.allowed_roots import OutsideRoots, RootedFolders
from core.ingest.records import SourceError
from core.ingest.urls import ON_PAGES, is_url, place_of, scheme_of
from pages.parts.app.privacy import takes_urls


def typed_place(folders: RootedFolders, text: str) -> Path | str:
    """Return the folder or file, or the URL.

    Raises
    ------
    OutsideRoots
        When a path may not be shown here.
    SourceError
        When it is no URL that may be fetched for a page.
    """
    text = text.strip()
    if not is_url(text):
        return folders.typed_place(text)
    place = place_of(text)
    if isinstance(place, Path):  # file://
        return folders.typed_place(str(place))
    if not takes_urls():
        raise OutsideRoots("URLs are fetched only for a page that nobody else can see.")
    if scheme_of(place) not in ON_PAGES:
        raise SourceError("This is no URL that can be read, such as https://… or s3://…")
    return place
