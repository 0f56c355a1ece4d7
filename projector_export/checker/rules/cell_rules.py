"""Rules about names, labels and cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.columns import Column
from projector_export.checker.model.javascript import WHITESPACE
from projector_export.checker.model.metadata import Metadata, repeated_cells
from projector_export.checker.model.view import View
from projector_export.checker.rules.wording import about_cell, rows_have
from projector_export.viewer_facts import MAX_COLOR_VALUES, SEQUENCE_COLUMNS

W04 = Rule(
    "W04",
    "Cells in quotes",
    (
        "The viewer does not unquote cells, so a CSV writer's quotes are shown, doubled ones "
        "inside the text too."
    ),
    (
        "Write without quoting; with pandas: replace tabs in the cells, then use "
        "quoting=csv.QUOTE_NONE."
    ),
    "Removes the quotes.",
)
W05 = Rule(
    "W05",
    "Cells with stray blanks, markup or entities",
    'They are shown unchanged, and "drama " is a different value from "drama", with its own color.',
    "Strip the cells, and clean text that came from HTML or a wiki.",
    "Strips blanks and decodes entities. Markup stays: which part of it is text would be a guess.",
)
W06 = Rule(
    "W06",
    "Labels that look like numbers",
    (
        'The page turns every cell that reads as a number into one, even among text: "007" '
        'becomes 7, "1e3" becomes 1000, and long ones lose digits.'
    ),
    "Put a letter before such labels.",
    "Adds an invisible character (U+2060) at their end.",
)
W08 = Rule(
    "W08",
    "Empty or repeated column names",
    (
        "If columns share a name, only the last one's cells are kept; a column without a name is an "
        "empty line in the menus."
    ),
    "Give each column a unique name.",
    "Names them column_2, topic_2 and so on.",
)
W09 = Rule(
    "W09",
    "Repeated labels",
    (
        "Points with the same label cannot be told apart in the plot, the search results and the "
        "list of neighbors."
    ),
    "Add something that differs to the label, such as a year or an author.",
    "Nothing: what to add would be a guess.",
)
W10 = Rule(
    "W10",
    "Blank cells",
    (
        "Such points are black when colored by the column, their label is null, and searching the "
        "column stops with an error."
    ),
    "Write a word such as Unknown.",
    (
        "Writes Unknown, except among more than 50 different numbers: a word there would turn the "
        "column into text, which has no gradient."
    ),
)
W11 = Rule(
    "W11",
    "The first text column is not the label",
    (
        '"Label by" starts with the first text column. Here that one has few values, while a later '
        "column would distinguish the points."
    ),
    "Put the column that names the points first.",
    "Moves the column with the most values to the front.",
)
RULES = (W04, W05, W06, W08, W09, W10, W11)

# Labels that repeat this often on average are intended as groups.
MIN_ROWS_PER_GROUP = 3


def findings(view: View) -> Iterator[Finding]:
    """Check the names, the labels and the cells of every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            metadata = tensor.metadata
            if tensor.is_named and metadata is not None and metadata.num_rows:
                yield from _names(metadata)
                yield from _label(metadata)
                for column in metadata.columns:
                    yield from _cells(metadata, column)


def _names(metadata: Metadata) -> Iterator[Finding]:
    names = [column.name for column in metadata.columns]
    blank = [index for index, name in enumerate(names, 1) if not name.strip(WHITESPACE)]
    if blank:
        yield W08.finding(f"column {blank[0]} has no name", metadata.path, line=1)
    for name, count in Counter(names).items():
        if count > 1 and name.strip(WHITESPACE):
            yield W08.finding(f"{count} columns are named {name!r}", metadata.path, line=1)


def _label(metadata: Metadata) -> Iterator[Finding]:
    label = metadata.label_column
    if label is None or label.is_numeric:
        return
    later = metadata.columns[metadata.columns.index(label) + 1 :]
    varied = [column for column in later if column.too_many_values and not column.is_numeric]
    if label.respelled:
        yield about_cell(W06, "is shown differently", metadata, label, label.respelled)
    if not label.too_many_values and varied:
        yield W11.finding(
            (
                f"points are labeled by {label.name!r} with {len(label.legend)} values; "
                f"{varied[0].name!r} has more"
            ),
            metadata.path,
            line=1,
            column=label.name,
            is_fixable=not metadata.misplaced,
        )
    elif not _are_groups(label):
        index = metadata.column_index(label.name)
        repeated = repeated_cells(metadata, index or 0)
        if repeated:
            yield W09.finding(
                f"{rows_have(repeated.count)} the label of another row, first {repeated.sample!r}",
                metadata.path,
                line=repeated.line,
                column=label.name,
            )


def _are_groups(label: Column) -> bool:
    return not label.too_many_values and label.num_cells >= MIN_ROWS_PER_GROUP * len(label.legend)


def _blank_numbers(column: Column) -> dict[str, Any]:
    """Return what differs for numbers, which a word such as Unknown would turn into text."""
    if column.is_gradient:
        return {
            "viewer": "Searching this column stops with an error; its gradient is as intended.",
            "fix": "Nothing, or search another column: a word would cost this one its gradient.",
            "is_fixable": False,
        }
    # With Unknown, fifty numbers would be more values than "Color by" offers.
    is_full = column.is_numeric and len(column.legend) == MAX_COLOR_VALUES
    return {"is_fixable": not is_full}


def _cells(metadata: Metadata, column: Column) -> Iterator[Finding]:
    if column.blank and column.name not in SEQUENCE_COLUMNS:
        yield W10.finding(
            rows_have(column.blank.count) + " no value",
            metadata.path,
            line=column.blank.line,
            column=column.name,
            **_blank_numbers(column),
        )
    if quotes := column.csv_quotes:
        yield about_cell(W04, "is in quotes", metadata, column, quotes)
    if column.untidy and not column.is_numeric:
        yield about_cell(W05, "has stray blanks or entities", metadata, column, column.untidy)
    if column.markup:
        found = about_cell(W05, "contains markup", metadata, column, column.markup)
        yield replace(found, is_fixable=False)
