"""The names of the pipeline's steps, apart from the code that needs heavy libraries."""

STEP_TITLES = {
    "list": "Listing images",
    "embed": "Reading and embedding",
    "neighbors": "Finding neighbors",
    "evidence": "Weighing evidence",
    "findings": "Looking for copies",
    "map": "Drawing the map",
    "bakeoff": "Trying the detectors",
}
"""What people read, by the step's name in the database; the last is the bake-off's only one."""
