"""The names of the pipeline's steps, apart from the code that needs heavy libraries."""

STEP_TITLES = {
    "fetch": "Fetching (MB)",
    "list": "Listing images",
    "embed": "Embedding images",
    "neighbors": "Finding neighbors",
    "evidence": "Scoring labels",
    "findings": "Finding duplicates and outliers",
    "map": "Projecting the map",
    "tuning-maps": "Preparing fine-tuning",
    "fine-tune": "Fine-tuning the network",
    "rescore": "Scoring with the network",
    "layout": "Laying out the map",
    "bakeoff": "Comparing detectors",
    "move": "Recognizing images",
    "export": "Writing corrected labels",
}
"""Titles, by the step's name in the database; the last four are of commands of one step."""
