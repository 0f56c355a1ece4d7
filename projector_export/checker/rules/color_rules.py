"""Rules about which columns can be colored, and how."""

from __future__ import annotations

from collections.abc import Iterator

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.grouping import (
    blank_share,
    crowded_columns,
    has_twin,
    hidden_columns,
    is_uninformative,
    kept_values,
    num_filled,
)
from projector_export.checker.model.columns import Column
from projector_export.checker.model.metadata import Metadata
from projector_export.checker.model.view import View
from projector_export.checker.rules.wording import about_cell, rows, some
from projector_export.viewer_facts import MAX_COLOR_VALUES, NUM_COLORS, SEQUENCE_COLUMNS

E21 = Rule(
    "E21",
    "A colored column spells numbers differently from the viewer",
    (
        "The page turns each number into JavaScript's spelling after building the legend, so "
        '"1.0" in the legend is "1" on the point: the point gets a color that is not in the '
        "legend."
    ),
    "Write 1 for 1.0, 0.5 for .50, 7 for 007; or turn the values into text.",
    "Spells numbers as JavaScript does. Where that would lose digits, the column becomes text.",
)
W01 = Rule(
    "W01",
    "No column can be colored",
    (
        '"Color by" offers a text column only if it has at most 50 different values. If no column '
        'can be colored, both menus are missing, "Label by" too.'
    ),
    "Add a column that puts the points into at most 10 groups, or a column of numbers.",
    (
        "Adds grouped copies of up to three columns to color by, the best first: "
        "the most frequent values, and Other. A column of nearly unique values gets none."
    ),
)
W02 = Rule(
    "W02",
    "An uninformative column is offered",
    "It has one value: all points get the same color, or hardly any point gets one.",
    "Leave the column out, or fill it with values that differ.",
    "Nothing: what belongs in it would be a guess.",
)
W03 = Rule(
    "W03",
    "More values than colors",
    ("There are 10 colors. From the eleventh value on they repeat, so two values look the same."),
    'Keep the 9 most frequent values and group the rest into "Other".',
    "Adds a copy of the column with the most frequent values and Other.",
)
W20 = Rule(
    "W20",
    "The column to color by has too many values",
    (
        '"Color by" offers a text column only if it has at most 50 different values; this one is '
        "not in the menu, though others are."
    ),
    (
        "Add a column with its 9 most frequent values and Other. `--color-by COLUMN` names the "
        "column that matters."
    ),
    "Adds a copy of the column with the most frequent values and Other.",
)
W07 = Rule(
    "W07",
    "Values that break the viewer's counting",
    (
        'The page counts values in a plain JavaScript object. A value such as "constructor" is '
        'there already: its count in the legend is NaN, and "__proto__" is missing.'
    ),
    "Write such values differently, for instance with a capital.",
    "Adds an invisible character (U+2060) at their end.",
)
RULES = (E21, W01, W02, W03, W07, W20)


def findings(view: View) -> Iterator[Finding]:
    """Check what "Color by" offers for every tensor that the config names."""
    for tensor in view.tensors:
        metadata = tensor.metadata
        if not tensor.is_named:
            continue
        if metadata is not None and metadata.num_rows:
            yield from _offered(metadata)
            yield from _hidden(metadata, view.color_by)
            yield from _crowded(metadata)
            for column in metadata.colorable_columns:
                yield from _values(metadata, column)
        elif tensor.has_points and "metadata_path" not in tensor.assets and metadata is None:
            what = f"{tensor.name!r} has no metadata: no labels and no colors"
            yield W01.finding(what, tensor.source, is_fixable=False)


def _offered(metadata: Metadata) -> Iterator[Finding]:
    if not metadata.colorable_columns:
        named = some([repr(column.name) for column in metadata.columns])
        best = hidden_columns(metadata.columns)
        what = f"more than {MAX_COLOR_VALUES} different values in {named}"
        yield W01.finding(
            f"{what}; to color by: {_described(best)}"
            if best
            else f"{what}, and no value is frequent enough for a group",
            metadata.path,
            is_fixable=bool(best) and not metadata.misplaced,
        )
    for column in filter(is_uninformative, metadata.columns):
        if column.name in SEQUENCE_COLUMNS:  # it draws lines, and is not meant for colors
            continue
        yield W02.finding(_describe_uninformative(column), metadata.path, column=column.name)
    if metadata.column_index("__proto__") is not None:
        what = "a column is named '__proto__', which no JavaScript object can store"
        yield W07.finding(what, metadata.path, line=1)


def _describe_uninformative(column: Column) -> str:
    kept = kept_values(column)
    if not kept:
        return "the column is empty"
    value, count = kept[0]
    num_blank = column.num_cells + column.blank.count - num_filled(column)
    if not num_blank:
        return f"the column has one value, {value[:60]!r}"
    return f"{value[:60]!r} in {rows(count)}, and no value in {rows(num_blank)}"


def _hidden(metadata: Metadata, color_by: str) -> Iterator[Finding]:
    """Report columns to color by that are not offered although others are."""
    offered = [column.name for column in metadata.colorable_columns]
    if color_by:
        yield from _requested_column(metadata, color_by)
    elif offered:
        for column in hidden_columns(metadata.columns):
            what = f"{_described([column])} is not offered; {some(offered)} "
            yield W20.finding(
                what + ("is" if len(offered) == 1 else "are"),
                metadata.path,
                column=column.name,
                is_fixable=not metadata.misplaced,
            )


def _requested_column(metadata: Metadata, color_by: str) -> Iterator[Finding]:
    for column in metadata.columns:
        if column.name != color_by or column.is_colorable or has_twin(column, metadata.columns):
            continue
        is_groupable = column in hidden_columns(metadata.columns, color_by)
        hint = "" if is_groupable else "; no value is frequent enough for a group"
        yield W20.finding(
            f"{_described([column])} is not offered{hint}",
            metadata.path,
            severity="error",
            column=column.name,
            is_fixable=is_groupable and not metadata.misplaced,
        )


def _described(columns: list[Column]) -> str:
    return ", ".join(
        f"{column.name!r} ({_num_values(column)} values"
        + (f", {share:.0%} blank)" if (share := blank_share(column)) >= 0.005 else ")")
        for column in columns
    )


def _num_values(column: Column) -> str:
    num_values = column.values.num_values
    return "many" if num_values is None else f"{num_values:,}"


def _crowded(metadata: Metadata) -> Iterator[Finding]:
    for column in crowded_columns(metadata.columns):
        what = f"{len(column.legend)} values for {NUM_COLORS} colors"
        if column.is_numeric:
            what += "; only more than 50 different numbers get a gradient"
        yield W03.finding(
            what,
            metadata.path,
            column=column.name,
            is_fixable=not (column.is_numeric or metadata.misplaced),
        )


def _values(metadata: Metadata, column: Column) -> Iterator[Finding]:
    if column.properties:
        what = "is a property of every JavaScript object"
        yield about_cell(W07, what, metadata, column, column.properties)
    if column.respelled and not column.is_gradient:
        what = "is shown differently"
        yield about_cell(E21, what, metadata, column, column.respelled)
