"""Print a report to the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from projector_export.checker.findings import Finding, Report, Rule
from projector_export.checker.model.columns import Column
from projector_export.checker.model.view import Run, Tensor, View, ViewerName
from projector_export.cli.untrusted import printable
from projector_export.viewer_facts import SPHEREIZE_FROM_DIM

STYLES = {"error": "bold red", "warning": "yellow"}
OPENED_AS = {
    "TensorBoard": "TensorBoard with --logdir {path}",
    "web app": "The web app with {path}",
    "upload": "The web app, {path} loaded manually",
    "metadata": "Only metadata, {path}",
}
# Invisible on the page too; writers put it after text that looks like a number.
WORD_JOINER = "\u2060"
# Number of points, whether the page gets them, dimensions, columns, bookmarks.
_Look = tuple[int | None, bool, int | None, list[dict[str, object]], list[str]]
MAX_PLACES = 5
MAX_NAMES = 8


def show(report: Report, console: Console) -> None:
    """Print what the viewer shows, then what is wrong with it."""
    for line in _views(report.views):
        console.print(line)
    for _, same in groupby(
        report.findings, key=lambda finding: (finding.severity, finding.code, finding.viewer)
    ):
        for block in _findings(list(same)):
            console.print(block)
        console.print()
    console.print(_summary(report))
    if num_fixable := sum(finding.is_fixable for finding in report.findings):
        console.print(
            Text(f"{num_fixable} can be fixed: --fix -o DIR writes a fixed copy", style="dim")
        )


def _views(views: Sequence[View]) -> Iterator[RenderableType]:
    """Describe each view; one that looks like an earlier one is only named."""
    shown: list[_Look] = []
    alike = []
    for view in views:
        looks = [_look(tensor) for run in view.shown_runs for tensor in run.tensors]
        # Files that are loaded manually have no bookmarks.
        num_compared = 4 if view.viewer == "upload" else 5
        known = [look[:num_compared] for look in shown]
        if looks and all(look[:num_compared] in known for look in looks):
            alike.append(view)
            continue
        yield from _view(view, shown)
        shown += looks
        yield Text()
    if alike:
        yield Text("The same points, labels and colors", style="bold")
        for view in alike:
            yield _line(2, _opened(view))
            yield from _notes(view)
        yield Text()


def _look(tensor: Tensor) -> _Look:
    """Return how a tensor looks: its points, dimensions, labels, colors and bookmarks."""
    metadata = tensor.metadata
    columns = [column.to_dict() for column in metadata.columns] if metadata else []
    bookmarks = tensor.bookmarks.labels if tensor.bookmarks else []
    return (tensor.num_points, tensor.has_points, tensor.dim, columns, bookmarks)


def _notes(view: View) -> Iterator[RenderableType]:
    for note in view.notes:
        yield _line(4, f"note: {note}")


def _opened(view: View) -> str:
    return OPENED_AS[view.viewer].format(path=printable(str(relative(view.path))))


def _view(view: View, known: Sequence[_Look]) -> Iterator[RenderableType]:
    yield Text(_opened(view), style="bold")
    yield from _notes(view)
    if view.crash:
        yield _line(2, f"the server fails: {view.crash}")
    elif not view.shown_runs:
        yield _line(
            2,
            "shows nothing: No checkpoint was found."
            if view.viewer == "TensorBoard"
            else "shows nothing",
        )
    for run in view.shown_runs:
        yield from _run(run, view.viewer, known)


def _run(run: Run, viewer: ViewerName, known: Sequence[_Look]) -> Iterator[RenderableType]:
    listed = [tensor for tensor in run.tensors if tensor.is_listed or viewer == "metadata"]
    if viewer == "TensorBoard":
        yield _line(2, f"run {run.name!r}" + ("" if listed else " lists no tensor"))
    for tensor in listed[:MAX_NAMES]:
        if _look(tensor) in known:
            yield _line(4, f"{tensor.name}: as above")
            continue
        yield from _tensor(tensor, opens=tensor.name == run.opens_with and len(listed) > 1)
    if len(listed) > MAX_NAMES:
        yield _line(4, f"and {len(listed) - MAX_NAMES} more tensors")


def _tensor(tensor: Tensor, *, opens: bool) -> Iterator[RenderableType]:
    has_points = tensor.has_points and tensor.num_points is not None
    facts = [f"{tensor.num_points:,} points" if has_points else "no points"]
    facts += [f"{tensor.dim} dimensions"] if tensor.dim is not None else []
    facts += ["sphereized"] if (tensor.dim or 0) >= SPHEREIZE_FROM_DIM else []
    facts += ["opens first"] if opens else []
    yield _line(4, f"{tensor.name}: {', '.join(facts)}")
    if tensor.metadata is not None and tensor.metadata.stream.hangs:
        yield _line(6, "labels    the page waits at: Parsing metadata...")
    elif tensor.metadata is not None and (label := tensor.metadata.label_column):
        first = ", ".join(cell[:24] for cell in label.first_cells[:3])
        yield _line(6, f"labels    {label.name}: {first}, ...")
        yield _line(6, "colors    " + (_colors(tensor.metadata.colorable_columns) or "none"))
    if tensor.bookmarks is not None and tensor.bookmarks.labels:
        yield _line(6, "bookmarks " + ", ".join(tensor.bookmarks.labels))


def _colors(columns: Sequence[Column]) -> str:
    named = [f"{column.name} ({_color(column)})" for column in columns[:MAX_NAMES]]
    return ", ".join(named) + (
        f" and {len(columns) - MAX_NAMES} more" if len(columns) > MAX_NAMES else ""
    )


def _color(column: Column) -> str:
    if column.is_gradient:
        return f"{column.minimum:g} to {column.maximum:g}"
    return "1 value" if len(column.legend) == 1 else f"{len(column.legend)} values"


def _findings(same: list[Finding]) -> Iterator[RenderableType]:
    first = same[0]
    for finding in same[:MAX_PLACES]:
        where = printable(
            f"{relative(finding.place.path)}{str(finding.place)[len(str(finding.place.path)) :]}"
        )
        yield Text.assemble(
            (f"{first.code} {first.severity}", STYLES[first.severity]), "  ", (where, "cyan")
        )
        yield _line(4, finding.message)
    if len(same) > MAX_PLACES:
        yield _line(4, f"and in {len(same) - MAX_PLACES} more places")
    yield _line(4, f"The viewer: {first.viewer}", style="dim")
    yield _line(4, f"To fix it: {first.fix}", style="dim")


def relative(path: Path) -> Path:
    """Shorten a path below the working folder."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve())
    except (ValueError, OSError):
        return path


def _summary(report: Report) -> Text:
    if not report.findings:
        return Text("no findings", style="green")
    parts = [_counted(report.num_errors, "error"), _counted(report.num_warnings, "warning")]
    return Text(", ".join(parts), style="bold")


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}" + ("" if count == 1 else "s")


def _line(indent: int, text: str, style: str = "") -> RenderableType:
    return Padding(
        Text(printable(text.replace(WORD_JOINER, "")), style=style), (0, 0, 0, indent), expand=False
    )


def explain(rule: Rule, console: Console) -> None:
    """Print one rule's page."""
    console.print(Text(f"{rule.code} {rule.severity}: {rule.title}", style="bold"))
    for heading, text in (
        ("The viewer", rule.viewer),
        ("To fix it", rule.fix),
        ("check --fix", rule.autofix),
    ):
        console.print(Text.assemble("\n", (heading, "bold"), "\n", text))
