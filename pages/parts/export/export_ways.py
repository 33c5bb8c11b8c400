"""The ways in which an export leaves: a download, or files in the folder of the audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core import jobs
from core.audit import Audit, AuditError
from core.export.choices import ExportChoices
from core.export.exporting import content
from core.export.package import packed
from core.export.preview import Preview
from core.export.writers import Writer
from core.ingest.unpacking import is_packed
from core.store import StoreError
from core.text import counted, sentence
from pages.parts.app.context import plain
from pages.parts.app.job import show_command, start_job
from pages.parts.export.blind_export import reveal_waiting

COMMAND = "export"
MOST_AT_ONCE = 50_000
"""Items that are written while somebody waits; more are written by a job."""
ZIP = "application/zip"
FAILED = "export_failed"
"""Of a visit: why the last download could not be made."""
SECONDS_BETWEEN_LOOKS = 2.0


def show_counts(found: Preview) -> None:
    """Say in a sentence what will be written."""
    counts = found.counts
    parts = [
        f"**{counts[key]:,}** {text}"
        for key, text in (
            ("changed", "with a changed label"),
            ("unlabeled", "without a label"),
            ("several", "with several labels"),
            ("left_out", "left out"),
        )
        if counts[key]
    ]
    details = f": {', '.join(parts)}" if parts else ""
    st.markdown(f"**{found.written:,}** of {counted(counts['items'], 'image')} written{details}.")


def offer_export(
    audit: Audit, writer: Writer, choices: ExportChoices, auditor: str | None, count: int
) -> None:
    """Offer the export as a download or, where it is a folder, large or holds images, as a job."""
    holds_images = is_packed(audit.source) and audit.source.format in writer.own_of
    if not writer.is_folder(audit) and not holds_images and count <= MOST_AT_ONCE:
        _offer_download(audit, writer, choices, auditor)
        return
    _offer_job(audit, writer, auditor)


def _offer_download(
    audit: Audit, writer: Writer, choices: ExportChoices, auditor: str | None
) -> None:
    name = f"{audit.name}-corrected{writer.suffix_of(audit)}"
    failed: dict[str, str] = st.session_state.setdefault(FAILED, {})

    def file() -> bytes:
        return content(audit, writer, auditor or "", choices)

    def archive() -> bytes:
        return packed(audit, writer, name, auditor or "", choices)

    def made(make: Callable[[], bytes]) -> Callable[[], bytes]:
        """Return what makes a download beside the page, which it tells why it could not."""

        def making() -> bytes:
            failed.pop("reason", None)
            reveal_waiting(auditor, audit.store)
            try:
                return make()
            except (AuditError, StoreError, OSError) as error:
                failed["reason"] = sentence(str(error))
                raise

        return making

    with st.container(horizontal=True):
        st.download_button(
            "Download corrected labels",
            data=made(file),
            file_name=name,
            mime=writer.media_type,
            type="primary",
            on_click="ignore",
        )
        st.download_button(
            "With manifest and changes (ZIP)",
            data=made(archive),
            file_name=f"{audit.name}-corrected.zip",
            mime=ZIP,
            on_click="ignore",
            help="The manifest proves later how each label came about, see `replay`;"
            " `changes.csv` lists every changed label, by whom and why.",
        )
    _tell_failure(failed)


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _tell_failure(failed: dict[str, str]) -> None:
    """Say why a download could not be made: the browser only says that it could not."""
    if reason := failed.get("reason"):
        st.error(plain(reason))


def _offer_job(audit: Audit, writer: Writer, auditor: str | None) -> None:
    job = jobs.watch(audit, COMMAND)
    if job.is_active:
        show_command(audit, COMMAND)
        st.caption("You may close this page: the work continues.")
        return
    path = _place(audit, writer)
    if job.state == "failed":
        st.error(f"The export failed: {plain(job.message or '')}")
    if st.button("Write corrected labels", type="primary"):
        reveal_waiting(auditor, audit.store)
        path.parent.mkdir(exist_ok=True)
        start_job(
            audit, COMMAND, str(audit.folder), "--to", str(path), "--format", writer.name,
            "--job", "--by", auditor or "",
        )  # fmt: skip
    if path.exists():
        st.caption("Written here, with a manifest and `changes.csv`; writing again replaces it:")
        st.code(str(path), language=None, wrap_lines=True)
    else:
        st.caption("It is written into the folder of the audit, and the images are not touched.")


def _place(audit: Audit, writer: Writer) -> Path:
    name = f"{audit.folder.name}-{writer.name}{writer.suffix_of(audit)}"
    return audit.folder / "exports" / name
