"""Rules about metadata columns: labels, colours and cells."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence

from projector_export.check.columns import MAX_COLOR_VALUES, Column
from projector_export.check.findings import Finding, Rule
from projector_export.check.javascript import WHITESPACE, number
from projector_export.check.metadata import SEQUENCE_COLUMNS, Metadata, cells_of, repeated_cells
from projector_export.check.streaming import Mark
from projector_export.check.viewer import Tensor, View

E16 = Rule(
    "E16",
    "A sequence column points outside the rows, or in a circle",
    "The page follows `__next__` or `__seq_next__` from row to row to draw lines. In a circle it follows for ever and freezes; at a row that is not there the line ends.",
    "Give the next point's row, counted from 0, and leave the last one's cell empty.",
    "Nothing: which point comes next would be a guess.",
)
E21 = Rule(
    "E21",
    "A coloured column's numbers are spelled otherwise than the viewer spells them",
    'The page turns each number into JavaScript\'s spelling after it made the legend, so "1.0" in the legend is "1" on the point: the point gets a colour that is not in the legend.',
    "Write 1 for 1.0, 0.5 for .50, 7 for 007; or make the values text that is no number.",
    "Writes numbers as JavaScript does.",
)
W01 = Rule(
    "W01",
    "No column can be coloured",
    '"Color by" offers a column of text only if it has at most 50 different values. Where no column can be coloured, "Color by" is missing.',
    "Add a column that sorts the points into at most 10 groups, or one of numbers.",
    "Adds a twin of the column with fewest values: the 9 most frequent, and Other.",
)
W02 = Rule(
    "W02",
    "Only a column with one value can be coloured",
    "All points get the same colour.",
    "Add a column that sorts the points into 2 to 10 groups, or one of numbers.",
    "Adds a twin of another column, as for W01, if there is one.",
)
W03 = Rule(
    "W03",
    "More values than colours",
    "There are 10 colours. From the eleventh value on they repeat, so that two values look the same.",
    'Keep the 9 most frequent values and put the rest into "Other".',
    "Adds a twin of the column with the 9 most frequent values and Other.",
)
W04 = Rule(
    "W04",
    "Cells in quotes",
    "The viewer knows no quoting, so the quotes of a CSV writer are shown, and doubled ones inside too.",
    "Write without quoting; with pandas: quoting=csv.QUOTE_NONE, with tabs taken out of the cells first.",
    "Takes the quotes off.",
)
W05 = Rule(
    "W05",
    "Cells with stray blanks, markup or entities",
    'They are shown as they are, and "drama " is another value than "drama", with another colour.',
    "Strip the cells, and clean text that came from HTML or a wiki.",
    "Strips blanks and decodes entities. Markup is left: what is text in it would be a guess.",
)
W06 = Rule(
    "W06",
    "Labels that look like numbers",
    'The page turns every cell that reads as a number into one, even among text: "007" becomes 7, "1e3" becomes 1000, and long ones lose digits.',
    "Put a letter before such labels.",
    "Puts an invisible character (U+2060) after them.",
)
W07 = Rule(
    "W07",
    "Values that break the viewer's counting",
    'The page counts values in a plain JavaScript object. A value such as "constructor" is there already: its count in the legend is NaN, and "__proto__" is missing.',
    "Write such values otherwise, for instance with a capital.",
    "Puts an invisible character (U+2060) after them.",
)
W08 = Rule(
    "W08",
    "Empty or repeated column names",
    "Of columns with one name only the last one's cells are kept; a column without name is an empty line in the menus.",
    "Give each column a name of its own.",
    "Names them column_2, genre_2 and so on.",
)
W09 = Rule(
    "W09",
    "Repeated labels",
    "Points with the same label cannot be told apart in the plot, the search results and the list of neighbours.",
    "Add what tells them apart to the label, such as a year or an author.",
    "Nothing: what tells them apart would be a guess.",
)
W10 = Rule(
    "W10",
    "Blank cells",
    "Such points are black when coloured by the column, are labelled null, and stop the search box with an error.",
    "Write a word such as Unknown.",
    "Writes Unknown.",
)
W11 = Rule(
    "W11",
    "The first text column is not the label",
    '"Label by" starts with the first column of text. Here that has few values, while a later column tells the points apart.',
    "Put the column that names the points first.",
    "Puts the column with most values first.",
)
RULES = (E16, E21, W01, W02, W03, W04, W05, W06, W07, W08, W09, W10, W11)

NUM_COLORS = 10
# Labels that come back this often on average are meant as groups.
MIN_ROWS_PER_GROUP = 3


def findings(view: View) -> Iterator[Finding]:
    """Check the columns of every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            if not tensor.is_named or (not tensor.has_points and tensor.metadata is None):
                continue
            if tensor.metadata is None:
                if "metadata_path" not in tensor.assets:
                    yield W01.found(
                        f"{tensor.name!r} has no metadata: no labels and no colours", tensor.source
                    )
            elif tensor.metadata.num_rows:
                yield from _columns(tensor, tensor.metadata)


def _columns(tensor: Tensor, metadata: Metadata) -> Iterator[Finding]:
    yield from _names(metadata)
    yield from _colors(metadata)
    yield from _label(metadata)
    for column in metadata.columns:
        yield from _cells(metadata, column)
    yield from _sequences(tensor, metadata)


def _names(metadata: Metadata) -> Iterator[Finding]:
    names = [column.name for column in metadata.columns]
    blank = [index for index, name in enumerate(names, 1) if not name.strip(WHITESPACE)]
    if blank:
        yield W08.found(f"column {blank[0]} has no name", metadata.path, line=1)
    for name, count in Counter(names).items():
        if count > 1 and name.strip(WHITESPACE):
            yield W08.found(f"{count} columns are named {name!r}", metadata.path, line=1)
    if "__proto__" in names:
        yield W07.found(
            "a column is named '__proto__', which no object can hold", metadata.path, line=1
        )


def _colors(metadata: Metadata) -> Iterator[Finding]:
    colorable = metadata.colorable_columns
    if not colorable:
        columns = ", ".join(repr(column.name) for column in metadata.columns[:4])
        yield W01.found(
            f"more than {MAX_COLOR_VALUES} different values in {columns}", metadata.path
        )
    elif not any(column.is_gradient or len(column.legend) > 1 for column in colorable):
        yield W02.found(f"column {colorable[0].name!r} has one value", metadata.path)
    for column in colorable:
        num_values = len(column.legend)
        is_label = num_values == column.num_cells
        if num_values > NUM_COLORS and not is_label:
            yield W03.found(
                f"{num_values} values for 10 colours", metadata.path, column=column.name
            )


def _label(metadata: Metadata) -> Iterator[Finding]:
    label = metadata.label_column
    if label is None or label.is_numeric:
        return
    later = metadata.columns[metadata.columns.index(label) + 1 :]
    varied = [column for column in later if column.too_many_values and not column.is_numeric]
    if label.respelled:
        yield _marked(W06, "becomes another on the screen", metadata, label, label.respelled)
    if not label.too_many_values and varied:
        yield W11.found(
            f"points are labelled by {label.name!r}, which has {len(label.legend)} values; {varied[0].name!r} has more",
            metadata.path,
            line=1,
            column=label.name,
        )
    elif not _are_groups(label):
        index = metadata.column_index(label.name)
        repeated = repeated_cells(metadata, index or 0)
        if repeated:
            yield W09.found(
                f"{_rows(repeated)} a label that another has too, first {repeated.sample!r}",
                metadata.path,
                line=repeated.line,
                column=label.name,
            )


def _are_groups(label: Column) -> bool:
    return not label.too_many_values and label.num_cells >= MIN_ROWS_PER_GROUP * len(label.legend)


def _cells(metadata: Metadata, column: Column) -> Iterator[Finding]:
    if column.blank and column.name not in SEQUENCE_COLUMNS:
        yield W10.found(
            _rows(column.blank) + " nothing in it",
            metadata.path,
            line=column.blank.line,
            column=column.name,
        )
    if column.quoted:
        yield _marked(W04, "is in quotes", metadata, column, column.quoted)
    if column.untidy and not column.is_numeric:
        yield _marked(W05, "is not tidy", metadata, column, column.untidy)
    if column.properties and column.is_colorable:
        yield _marked(W07, "is a name that every object has", metadata, column, column.properties)
    if column.respelled and column.is_colorable and not column.is_gradient:
        yield _marked(E21, "is spelled otherwise on the screen", metadata, column, column.respelled)


def _marked(rule: Rule, what: str, metadata: Metadata, column: Column, mark: Mark) -> Finding:
    times = "" if mark.count == 1 else f" ({mark.count:,} cells)"
    return rule.found(
        f"{mark.sample[:60]!r} {what}{times}", metadata.path, line=mark.line, column=column.name
    )


def _rows(mark: Mark) -> str:
    return "1 row has" if mark.count == 1 else f"{mark.count:,} rows have"


def _sequences(tensor: Tensor, metadata: Metadata) -> Iterator[Finding]:
    # The page looks for the first name, then the second (data.ts:106-121).
    names = [name for name in SEQUENCE_COLUMNS if metadata.column_index(name) is not None]
    if not names:
        return
    following, lines = _following(metadata, metadata.column_index(names[0]) or 0)
    num_points = tensor.num_points or metadata.num_rows
    outside = [
        row
        for row, row_after in enumerate(following)
        if row_after is not None and not 0 <= row_after < num_points
    ]
    if outside:
        row = outside[0]
        yield E16.found(
            f"row {row} points to {following[row]:g}; there are rows 0 to {num_points - 1:,}",
            metadata.path,
            line=lines[row],
            column=names[0],
        )
    circle = first_in_circle(following)
    if circle is not None:
        yield E16.found(
            f"row {circle} comes back to itself", metadata.path, line=lines[circle], column=names[0]
        )


def _following(metadata: Metadata, index: int) -> tuple[list[float | None], Sequence[int]]:
    following: list[float | None] = []
    all_lines = array("q")
    for cells, lines in cells_of(metadata, index):
        for cell in cells:
            value = number(cell) if cell else None
            following.append(float("nan") if cell and value is None else value)
        all_lines.extend(lines)
    return following, all_lines


def first_in_circle(following: Sequence[float | None]) -> int | None:
    """Find a row from which following leads back to it; None if every path ends."""
    path_of = [0] * len(following)  # the number of the walk that came by; 0 is none yet
    for start in range(len(following)):
        row = start
        while not path_of[row]:
            path_of[row] = start + 1
            row_after = following[row]
            if row_after is None or not 0 <= row_after < len(following) or row_after % 1:
                break
            row = int(row_after)
        else:
            if path_of[row] == start + 1:
                return row
    return None
