"""The command that lays items out on a map: `project`."""

from __future__ import annotations

from pathlib import Path

import click

from core.audit import Audit
from core.commands.printing import FOLDER, print_rows, tell

COLUMNS = ("key", "title", "images", "neighbors kept", "state")


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--layout", "method", metavar="NAME", default="umap", help="umap, pca or tsne; default umap."
)
@click.option(
    "--class", "class_name", metavar="NAME", help="Lay out the images of one class alone."
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="Default 0.")
@click.option("--anew", is_flag=True, help="Make it anew, even where nothing has changed.")
@click.option("--list", "is_list", is_flag=True, help="Only list the layouts that are there.")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def project(
    folder: Path,
    method: str | None,
    class_name: str | None,
    seed: int,
    anew: bool,
    is_list: bool,
    style: str,
) -> None:
    """Lay the images of the audit in DIR out on a map, and store it.

    New and changed images are placed among the others, unless they are more than
    a third. The same seed gives the same map.
    """
    from core.structure.layout_files import DEFAULT

    opened = Audit(folder)
    if not is_list:
        tell(_laid_out(opened, method or DEFAULT, class_name, seed, anew))
    print_rows(_rows(opened), COLUMNS, style)


def _laid_out(audit: Audit, method: str, class_name: str | None, seed: int, anew: bool) -> str:
    from core.jobs import run_lock
    from core.jobs.progress import recorded_run
    from core.jobs.steps import STEP_TITLES
    from core.structure.laying_out import lay_out, summary
    from core.structure.projections import LAYOUTS

    unit = LAYOUTS[method].unit if method in LAYOUTS else "epochs"
    with (
        run_lock(audit),
        recorded_run(audit.store, ["layout"], "project") as progress,
        progress.step("layout", STEP_TITLES["layout"], unit) as step,
    ):
        laid_out = lay_out(audit, method, class_name, seed, step.update, anew)
        if laid_out.state == "unchanged":
            step.skip()
    return summary(audit, laid_out)


def _rows(audit: Audit) -> list[dict[str, object]]:
    from core.structure.layout_files import layouts

    return [
        {
            "key": one.key,
            "title": one.title,
            "images": one.n,
            "neighbors kept": "" if one.kept is None else f"{one.kept:.0%}",
            "state": "out of date" if one.is_stale else "current",
        }
        for one in layouts(audit)
    ]
