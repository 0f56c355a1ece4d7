"""Rules about what can be colored, and how."""

from __future__ import annotations

from collections.abc import Iterator

from projector_export.check.findings import Finding, Rule
from projector_export.check.model.columns import MAX_COLOR_VALUES, Column
from projector_export.check.model.metadata import Metadata
from projector_export.check.model.view import View
from projector_export.check.rules.wording import about_cell

E21 = Rule(
    "E21",
    "A colored column's numbers are spelled otherwise than the viewer spells them",
    (
        "The page turns each number into JavaScript's spelling after it made the legend, so "
        '"1.0" in the legend is "1" on the point: the point gets a color that is not in the '
        "legend."
    ),
    "Write 1 for 1.0, 0.5 for .50, 7 for 007; or make the values text that is no number.",
    "Writes numbers as JavaScript does.",
)
W01 = Rule(
    "W01",
    "No column can be colored",
    (
        '"Color by" offers a column of text only if it has at most 50 different values. Where no '
        'column can be colored, both menus are missing, "Label by" too.'
    ),
    "Add a column that sorts the points into at most 10 groups, or one of numbers.",
    "Adds a twin of the column with fewest values: the 9 most frequent, and Other.",
)
W02 = Rule(
    "W02",
    "Only a column with one value can be colored",
    "All points get the same color.",
    "Add a column that sorts the points into 2 to 10 groups, or one of numbers.",
    "Adds a twin of another column, as for W01, if there is one.",
)
W03 = Rule(
    "W03",
    "More values than colors",
    (
        "There are 10 colors. From the eleventh value on they repeat, so that two values look "
        "the same."
    ),
    'Keep the 9 most frequent values and put the rest into "Other".',
    "Adds a twin of the column with the 9 most frequent values and Other.",
)
W07 = Rule(
    "W07",
    "Values that break the viewer's counting",
    (
        'The page counts values in a plain JavaScript object. A value such as "constructor" is '
        'there already: its count in the legend is NaN, and "__proto__" is missing.'
    ),
    "Write such values otherwise, for instance with a capital.",
    "Puts an invisible character (U+2060) after them.",
)
RULES = (E21, W01, W02, W03, W07)

NUM_COLORS = 10  # d3.schemeCategory10, in data-panel.ts:254


def findings(view: View) -> Iterator[Finding]:
    """Check what "Color by" offers for every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            metadata = tensor.metadata
            if not tensor.is_named:
                continue
            if metadata is not None and metadata.num_rows:
                yield from _offered(metadata)
                for column in metadata.colorable_columns:
                    yield from _values(metadata, column)
            elif tensor.has_points and "metadata_path" not in tensor.assets and metadata is None:
                what = f"{tensor.name!r} has no metadata: no labels and no colors"
                yield W01.found(what, tensor.source)


def _offered(metadata: Metadata) -> Iterator[Finding]:
    colorable = metadata.colorable_columns
    if not colorable:
        columns = ", ".join(repr(column.name) for column in metadata.columns[:4])
        yield W01.found(
            f"more than {MAX_COLOR_VALUES} different values in {columns}", metadata.path
        )
    elif not any(column.is_gradient or len(column.legend) > 1 for column in colorable):
        yield W02.found(f"column {colorable[0].name!r} has one value", metadata.path)
    if metadata.column_index("__proto__") is not None:
        what = "a column is named '__proto__', which no object can hold"
        yield W07.found(what, metadata.path, line=1)


def _values(metadata: Metadata, column: Column) -> Iterator[Finding]:
    num_values = len(column.legend)
    is_label = num_values == column.num_cells
    if num_values > NUM_COLORS and not is_label:
        what = f"{num_values} values for 10 colors"
        if column.is_numeric:
            what += "; numbers are colored from low to high only if there are more than 50"
        yield W03.found(what, metadata.path, column=column.name)
    if column.properties:
        what = "is a name that every object has"
        yield about_cell(W07, what, metadata, column, column.properties)
    if column.respelled and not column.is_gradient:
        what = "is spelled otherwise on the screen"
        yield about_cell(E21, what, metadata, column, column.respelled)
