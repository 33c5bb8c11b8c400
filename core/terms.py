"""The terms that all rooms share: verdicts, roles, streams, rules, each with its texts.

Imports nothing of this project. Every text about one of these, on the desk, in
Browse, in the export or on the command line, is written here; pages and browser
parts are sent these entries.

To add a verdict, add a member to `Verdict` and its entry to `VERDICTS`. The
desk and Browse get a button and a key for it, the log stores it, the final
label follows from `VerdictTerm.leaves`, and agreement counts it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal


class Verdict(StrEnum):
    """What an auditor can decide about an item."""

    KEEP = "keep"
    RELABEL = "relabel"
    AMBIGUOUS = "ambiguous"
    NONE = "none"
    BAD_IMAGE = "bad image"
    UNSURE = "unsure"


UNDO, REDO = "undo", "redo"
"""Not verdicts: rows of the log that undo the latest one, or redo it."""


class Stream(StrEnum):
    """Where a verdict comes from. The two never mix."""

    QUEUE = "queue"
    """Most suspect first, to find errors."""
    CHECK = "check"
    """Drawn at random, to count them."""


class Role(StrEnum):
    """In which role an auditor decides."""

    REVIEW = "review"
    SECOND = "second"
    ADJUDICATION = "adjudication"


class Rule(StrEnum):
    """How one verdict decides where an item has several."""

    ADJUDICATED = "adjudicated"
    LATEST = "latest"
    MAJORITY = "majority"


class ClassChange(StrEnum):
    """What can be done to a class."""

    ADD = "add"
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    DESCRIBE = "describe"
    RETIRE = "retire"
    RESTORE = "restore"
    SEPARATE = "separate"


@dataclass(frozen=True)
class Action:
    """A button of the desk that gives a verdict.

    Attributes
    ----------
    name : str
        Under which an auditor's own keys are stored.
    button : str
        Its text; ``{}`` stands for a class.
    help : str
        What the list of keys says.
    keys : tuple of str
        The first by its letter, one of them for the left hand. ``Shift+v`` is
        one key; C and R are Streamlit's own.
    labels : str or None
        Where the verdict's classes come from: ``suggested``, ``one`` or
        ``many`` (picked from a list), ``both`` (the given and the suggested
        one); None for a verdict without classes.
    """

    name: str
    button: str
    help: str
    keys: tuple[str, ...]
    labels: Literal["suggested", "one", "many", "both"] | None = None


@dataclass(frozen=True)
class BulkTerm:
    """The texts of one verdict on many images, before it is applied.

    Attributes
    ----------
    button : str
    title : str
        ``{}`` stands for ``412 images``.
    one, many : str
        What changes: the first ``{}`` is ``412 cat``, the second the new label.
    becomes : str
        What becomes of one image; ``{given}`` and ``{label}`` may stand in it.
    question : str
        What is asked of the random sample.
    """

    button: str
    title: str
    one: str
    many: str
    becomes: str
    question: str


@dataclass(frozen=True)
class VerdictTerm:
    """The texts of a verdict, and what follows from it.

    Attributes
    ----------
    title : str
        A few words: a choice in Browse.
    past : str
        After the fact: ``kept``.
    named : str or None
        After the fact, with its classes for ``{}``: ``relabeled to {}``.
    summary : str
        In a sentence of the export, after a number: ``3 without a fitting class``.
    mark : str
        One character, for a corner of a picture.
    color : str
        In charts.
    tone : str
        The color that its mark has: of the ``given`` label, of the
        ``suggested`` one, or ``neutral``.
    classes : (int, int or None)
        How many classes it names, at least and at most.
    leaves : str
        The label that it leaves an item with: its ``classes``, the ``given``
        one, or ``nothing``.
    is_sure : bool
        False where it decides nothing while another auditor is sure, goes to a
        second auditor, and counts as no annotation.
    is_error : bool
        Whether it says that the given label is wrong, or not right alone.
    needs_picture : bool
        Whether the image must have been on the auditor's screen.
    actions : tuple of Action
    bulk : BulkTerm or None
        None for a verdict that is given to one item at a time.
    needs : str
        The sentence when it comes with another number of classes.
    """

    title: str
    past: str
    summary: str
    mark: str
    color: str
    actions: tuple[Action, ...]
    leaves: Literal["classes", "given", "nothing"]
    bulk: BulkTerm | None = None
    named: str | None = None
    tone: Literal["given", "suggested", "neutral"] = "neutral"
    classes: tuple[int, int | None] = (0, 0)
    is_sure: bool = True
    is_error: bool = True
    needs_picture: bool = True
    needs: str = ""


VERDICTS: dict[Verdict, VerdictTerm] = {
    Verdict.KEEP: VerdictTerm(
        title="Kept",
        past="kept",
        summary="kept",
        mark="✓",
        color="#d98324",
        tone="given",
        leaves="given",
        is_error=False,
        actions=(Action("keep", "Keep {}", "Keep the given label", ("k", "f")),),
        bulk=BulkTerm(
            button="Keep",
            title="Keep the labels of {}",
            one="{} keeps its label",
            many="{} keep their label",
            becomes="it is {given}",
            question="Are these labels right?",
        ),
    ),
    Verdict.RELABEL: VerdictTerm(
        title="Relabeled",
        past="relabeled",
        named="relabeled to {}",
        summary="relabeled",
        mark="⇄",
        color="#149188",
        tone="suggested",
        classes=(1, 1),
        leaves="classes",
        needs="A relabel needs one label, the right one.",
        actions=(
            Action("accept", "It is {}", "It is what the evidence says", (" ",), "suggested"),
            Action("another", "Another …", "Another class: type a few letters", ("/", "g"), "one"),
        ),
        bulk=BulkTerm(
            button="Accept suggestions",
            title="New labels for {}",
            one="{} becomes {}",
            many="{} become {}",
            becomes="{given} → {label}",
            question="Are these new labels right?",
        ),
    ),
    Verdict.AMBIGUOUS: VerdictTerm(
        title="Several fit",
        past="several fit",
        named="{} fit",
        summary="ambiguous",
        mark="≈",
        color="#7a6fb0",
        tone="suggested",
        classes=(2, None),
        leaves="classes",
        needs="An ambiguous verdict needs the two or more labels that fit.",
        actions=(
            Action("several", "Several fit", "Several fit: choose which", ("m", "Shift+v"), "many"),
            Action("both", "Both fit", "Both labels fit", ("b", "v"), "both"),
        ),
    ),
    Verdict.NONE: VerdictTerm(
        title="None fits",
        past="none fits",
        summary="without a fitting class",
        mark="∅",
        color="#a34a5f",
        leaves="nothing",
        actions=(Action("none", "None fits", "No class fits", ("n", "d")),),
        bulk=BulkTerm(
            button="None fits",
            title="No class fits {}",
            one="{}: no class fits",
            many="{}: no class fits",
            becomes="no class fits, nor does {given}",
            question="Does really no class fit these?",
        ),
    ),
    Verdict.BAD_IMAGE: VerdictTerm(
        title="Bad image",
        past="bad image",
        summary="marked as bad images",
        mark="✕",
        color="#6b7280",
        leaves="nothing",
        needs_picture=False,
        actions=(Action("bad", "Bad image", "Bad image", ("x",)),),
        bulk=BulkTerm(
            button="Bad image",
            title="Bad: {}",
            one="{}: bad image",
            many="{}: bad images",
            becomes="bad image, {given}",
            question="Are these really bad images?",
        ),
    ),
    Verdict.UNSURE: VerdictTerm(
        title="Unsure",
        past="unsure",
        summary="unsure",
        mark="?",
        color="#c9b458",
        leaves="given",
        is_sure=False,
        is_error=False,
        actions=(Action("unsure", "Unsure", "Unsure", ("u", "w")),),
        bulk=BulkTerm(
            button="Unsure",
            title="Unsure of {}",
            one="{}: unsure",
            many="{}: unsure",
            becomes="unsure, {given}",
            question="Are you unsure of these?",
        ),
    ),
}
"""In the order in which people see them."""


def primary_action(given: str | None, has_better: bool) -> str:
    """Return the name of the action that the evidence speaks for, the desk's big button.

    Parameters
    ----------
    given : str or None
        The given label.
    has_better : bool
        Whether the suggested class is more probable than that.

    Examples
    --------
    >>> [primary_action("cat", better) for better in (True, False)]
    ['accept', 'keep']
    >>> primary_action(None, False)
    'another'
    """
    if not has_better and given is not None:
        return VERDICTS[Verdict.KEEP].actions[0].name
    source = "suggested" if has_better else "one"
    return next(one.name for one in VERDICTS[Verdict.RELABEL].actions if one.labels == source)


FEWEST_JUDGED = 3
"""Images of a class; in a smaller one nearly every label is suspect, whether right or wrong."""

CLASS_SEPARATOR = "|"
"""Between the classes of a choice, and between the labels of an ambiguous item."""

FINAL_COLUMNS = ("final_label", "verdict", "auditor", "time", "rule")
"""What the export adds to the columns of the input: by them a reader knows our own export."""

FINAL_LABELS = "final_labels"
"""The column that follows where a class name holds the separator: a JSON list of the classes."""

FINAL_PREFIX = "audit_"
"""Before a column of ours, where the input has one of that name."""


@dataclass(frozen=True)
class RoleTerm:
    """What an auditor reads of a role.

    Attributes
    ----------
    noun : str
        What is given in it, in a sentence.
    notice : str
        On the desk, above the images; empty for the ordinary role.
    """

    noun: str
    notice: str = ""


ROLES: dict[Role, RoleTerm] = {
    Role.REVIEW: RoleTerm("a review"),
    Role.SECOND: RoleTerm(
        "a blind second review",
        "Blind second review: another auditor has judged these images; you do not see how.",
    ),
    Role.ADJUDICATION: RoleTerm(
        "an adjudication",
        "Adjudication: auditors disagree about these images. Your verdict decides.",
    ),
}


@dataclass(frozen=True)
class RuleTerm:
    """What people read of a rule.

    Attributes
    ----------
    title : str
    meaning : str
        In one line.
    """

    title: str
    meaning: str


RULES: dict[Rule, RuleTerm] = {
    Rule.ADJUDICATED: RuleTerm(
        "Adjudicated",
        "The adjudication decides; without one, the latest verdict of an auditor who was sure.",
    ),
    Rule.LATEST: RuleTerm(
        "Latest", "The latest verdict decides, whoever gave it and in whatever role."
    ),
    Rule.MAJORITY: RuleTerm(
        "Majority",
        "The most frequent verdict decides; a tie is decided by the adjudication, else by the"
        " latest.",
    ),
}
"""The first is the default."""


CLASS_CHANGES: dict[ClassChange, str] = {
    ClassChange.ADD: "{name} added",
    ClassChange.RENAME: "{name} renamed to {text}",
    ClassChange.MERGE: "{name} merged into {other}",
    ClassChange.SPLIT: "{name} split off",
    ClassChange.DESCRIBE: "{name} described: {text}",
    ClassChange.RETIRE: "{name} retired",
    ClassChange.RESTORE: "{name} restored",
    ClassChange.SEPARATE: "{name} and {other} kept apart",
}
"""What a row of the log of classes says; `{name}` is how the input spells the class."""


def for_browser() -> dict[str, Any]:
    """Return what browser parts need of all this, ready for JSON.

    Returns
    -------
    dict
        ``verdicts`` by name, with the fields of `VerdictTerm`; ``confirming``,
        ``one`` and ``many``: the verdicts that keep the given label, name one
        class, and name several; ``roles``: notices by name; ``review``: the
        ordinary role.
    """
    return {
        "verdicts": {verdict.value: asdict(term) for verdict, term in VERDICTS.items()},
        "confirming": Verdict.KEEP.value,
        "one": Verdict.RELABEL.value,
        "many": Verdict.AMBIGUOUS.value,
        "roles": {role.value: term.notice for role, term in ROLES.items()},
        "review": Role.REVIEW.value,
    }


EARLIER_SPELLINGS = {
    "n_labelled": "n_labeled",
    "neighbours": "neighbors",
    "unlabelled": "unlabeled",
}
"""Names as version 0.1 wrote them into files and took them on the command line and in queries."""


def current_name(name: str) -> str:
    """Return a name in today's spelling.

    Examples
    --------
    >>> current_name("neighbours")
    'neighbors'
    """
    return EARLIER_SPELLINGS.get(name, name)
