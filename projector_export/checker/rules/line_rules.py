"""Rules about a metadata file's bytes and lines."""

from __future__ import annotations

from collections.abc import Iterator

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.metadata import Metadata
from projector_export.checker.model.stream import Stream
from projector_export.checker.model.view import Tensor, View

E01 = Rule(
    "E01",
    "Metadata does not have one row per vector",
    (
        "A message says: Number of tensors do not match the number of lines in metadata. Labels "
        "are assigned by line, so every point after a missing or extra line gets the wrong label."
    ),
    (
        "Write exactly one line per vector, in the same order. Blank lines do not count: the page "
        "skips them."
    ),
    (
        "Nothing: which rows are missing would be a guess. Only blank lines become labels, if the "
        "counts then agree."
    ),
)
E02 = Rule(
    "E02",
    "A header in a file of one column, or none in a file of several",
    (
        "The page reads the first line as a header if, and only if, it contains a tab. Here the "
        "counts differ by one, a dialog says: Error merging metadata, and nothing is shown."
    ),
    "Remove the header from a file of one column; add one to a file of several columns.",
    "Removes the header, or adds one with the names column_1, column_2 and so on.",
)
E03 = Rule(
    "E03",
    "Rows have more or fewer cells than the header",
    (
        "Extra cells are dropped; missing ones are shown as Unknown and break the search box. A "
        "tab within a cell shifts the cells after it into the wrong columns."
    ),
    (
        "Replace tabs and line breaks within cells by blanks, so that every line has the same "
        "number of tabs."
    ),
    (
        "Joins the parts of quoted cells, fills short rows with Unknown, and drops empty cells at "
        "the end of a row."
    ),
)
E04 = Rule(
    "E04",
    "The last line does not end in a line feed",
    (
        "The page reads chunks of 1,000,000 bytes and waits forever, at: Parsing metadata, if the "
        "last one contains no line feed. That happens with an empty file, with a single line, and "
        "if the last line crosses a chunk boundary."
    ),
    "End every line with \\n, including the last.",
    "Adds the last line feed.",
)
E05 = Rule(
    "E05",
    "A character crosses a chunk boundary",
    (
        "The page decodes every chunk of 1,000,000 bytes by itself, so the character is shown as "
        "two or more \ufffd."
    ),
    "Add a blank to a cell before it.",
    "Adds blanks at the end of a cell before it.",
)
E06 = Rule(
    "E06",
    "The file is not UTF-8, or starts with a byte order mark",
    (
        "TensorBoard answers HTTP 500 for the metadata and shows no points; the web app shows "
        "\ufffd. Of UTF-16 the page reads only the first chunk correctly."
    ),
    "Save the file as UTF-8 without a byte order mark.",
    "Decodes UTF-16 by its mark, other text as Windows-1252; writes UTF-8 without a mark.",
)
E07 = Rule(
    "E07",
    "Lines end in CR LF",
    (
        "Only LF ends a line, so the last column's name and cells keep an invisible CR: "
        '"topic\\r" is not "topic", and an empty last cell becomes the number 0.'
    ),
    "End lines with LF only.",
    "Writes LF.",
)
RULES = (E01, E02, E03, E04, E05, E06, E07)


def findings(view: View) -> Iterator[Finding]:
    """Check the lines of metadata, and how vectors that the page reads as text end."""
    for run in view.runs:
        for tensor in run.tensors:
            if tensor.metadata is not None and tensor.is_named:
                yield from _bytes(tensor.metadata.stream)
                yield from _rows(tensor.metadata)
                if not tensor.metadata.stream.hangs:
                    yield from _counts(tensor, tensor.metadata)
            vectors = tensor.vectors
            if view.viewer != "TensorBoard" and vectors is not None and vectors.lines is not None:
                yield from _end(vectors.lines)


def _bytes(stream: Stream) -> Iterator[Finding]:
    if stream.byte_order_mark.startswith("UTF-16"):
        yield E06.finding(f"the file is {stream.byte_order_mark}", stream.path, byte=0)
        return
    yield from _end(stream)
    if bad := stream.undecodable:
        yield E06.finding(f"{bad.sample} is not UTF-8", stream.path, byte=bad.byte)
    if stream.byte_order_mark:
        yield E06.finding(
            "the file starts with a byte order mark",
            stream.path,
            byte=0,
            severity="warning",
            viewer="The page drops it; other programs read it as part of the first name.",
        )
    if (cut := stream.split_characters) and not bad:
        yield E05.finding(
            f"{cut.count} {'character is' if cut.count == 1 else 'characters are'} cut",
            stream.path,
            byte=cut.byte,
        )
    if ends := stream.carriage_returns:
        is_dropped = stream.sender == "TensorBoard"
        yield E07.finding(
            f"{ends.count:,} lines end in CR",
            stream.path,
            line=ends.line,
            severity="warning" if is_dropped else None,
            viewer="TensorBoard drops every CR; the web app keeps them." if is_dropped else None,
        )


def _end(stream: Stream) -> Iterator[Finding]:
    if stream.hangs:
        what = "the file is empty" if not stream.size else "the last chunk has no line feed"
        yield E04.finding(what, stream.path, byte=stream.size)
    elif stream.lost_byte:
        yield E04.finding(
            f"the last byte, {stream.lost_byte!r}, is not read",
            stream.path,
            byte=stream.size - 1,
            viewer="The page stops one byte early here.",
        )
    elif not stream.ends_with_newline:
        yield E04.finding(
            "the last line has no line feed",
            stream.path,
            byte=stream.size,
            severity="warning",
            viewer=(
                "It is shown unless the last line crosses a chunk boundary, every 1,000,000 bytes; "
                "then the page waits forever."
            ),
        )


def _rows(metadata: Metadata) -> Iterator[Finding]:
    width = len(metadata.columns)
    for mark, what in ((metadata.short_rows, "fewer"), (metadata.long_rows, "more")):
        if mark:
            rows = "1 row has" if mark.count == 1 else f"{mark.count:,} rows have"
            yield E03.finding(
                (
                    f"{rows} {what} than {width} {'cell' if width == 1 else 'cells'}, the first "
                    f"{mark.sample}"
                ),
                metadata.path,
                line=mark.line,
                is_fixable=what == "fewer" or not metadata.misplaced,
            )


def _counts(tensor: Tensor, metadata: Metadata) -> Iterator[Finding]:
    num_points = tensor.num_points
    if tensor.vectors is not None and tensor.vectors.has_wrong_size:
        return  # E13 reports it; how many points were intended is unknown
    if num_points is None or metadata.num_rows == num_points:
        return
    counts = f"{tensor.name!r} has {num_points:,} vectors, {metadata.num_rows:,} rows of metadata"
    width = len(metadata.columns)
    if width == 1 and metadata.num_rows == num_points + 1:
        first = metadata.columns[0].first_cells[0]
        yield E02.finding(
            f"{counts}: the first line, {first!r}, is read as a row", metadata.path, line=1
        )
    elif width > 1 and metadata.num_rows == num_points - 1:
        yield E02.finding(f"{counts}: the first line is read as a header", metadata.path, line=1)
    else:
        if blank := metadata.blank_lines:
            lines = "1 blank line is" if blank.count == 1 else f"{blank.count:,} blank lines are"
            counts += f"; {lines} skipped, the first at {blank.line}"
        yield E01.finding(counts, metadata.path, line=metadata.blank_lines.line)
