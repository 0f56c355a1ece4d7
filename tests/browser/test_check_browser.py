"""`check` reports what the viewer's page shows, in a real Chromium."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from projector_export.checker.check import check
from projector_export.checker.findings import Report
from projector_export.checker.model.configs import read_pbtxt
from projector_export.checker.model.javascript import format_number, parse_number
from projector_export.checker.model.view import Tensor
from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from tests.helpers.check_cases import CASES
from tests.helpers.check_exports import Export, bookmark, event_file, good_rows, good_vectors, png
from tests.helpers.projector_page import evaluate, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = """<!doctype html><meta charset="utf-8"><body><script src="projector_binary.js"></script>
<vz-projector-app serving-mode="demo" projector-config-json-path="config.json"></vz-projector-app>"""
SHOWN_CASES = "E03 E05 E06 E07 E08 E09 E21 W01 W02 W03 W05 W06 W07 W08 W10 W11".split()
IS_SHOWN = "q.dataSet && q.dataSet.points[0].metadata && q.dataPanel.colorOptions && q.dataPanel.colorOptions.length && q.dataPanel.spriteAndMetadata"
DIALOG = "projector().shadowRoot.querySelector('#notification-dialog').innerText"


def viewer_code() -> Path:
    import tensorboard.plugins.projector as plugin

    return Path(plugin.__file__).parent / "tf_projector_plugin" / "projector_binary.js"


def as_web_config(folder: Path) -> Path:
    """Write the web app's config of a folder for TensorBoard, and a page that opens it."""
    shutil.copy(viewer_code(), folder)
    (folder / "index.html").write_text(PAGE)
    path = folder / "config.json"
    if not path.exists():
        entries = [
            {
                "tensorName": entry.tensor_name,
                "tensorShape": list(entry.tensor_shape),
                "tensorPath": entry.tensor_path,
                "metadataPath": entry.metadata_path,
                "bookmarksPath": entry.bookmarks_path,
                "sprite": {"imagePath": entry.sprite_path, "singleImageDim": list(entry.tile)},
            }
            for entry in read_pbtxt(folder / "projector_config.pbtxt").entries
        ]
        path.write_text(
            json.dumps(
                {
                    "embeddings": [
                        {key: value for key, value in entry.items() if value} for entry in entries
                    ]
                }
            )
        )
    return path


@pytest.fixture
def opened(page: Page) -> Iterator[Callable[[Path], Report]]:
    """Return a function that opens a folder in the page, and returns its report."""
    with ExitStack() as servers:

        def open_folder(folder: Path) -> Report:
            report = check(as_web_config(folder))
            address = servers.enter_context(serve_folder(folder, host="127.0.0.1", port=0))
            page.goto(f"{address}index.html")
            return report

        yield open_folder


def tensor_of(report: Report) -> Tensor:
    return report.views[0].runs[0].tensors[0]


def assert_shown_as_said(page: Page, tensor: Tensor) -> None:
    """Compare points, labels, columns, color options and legends."""
    metadata = tensor.metadata
    assert metadata is not None
    assert evaluate(page, "q.dataSet.dim") == [tensor.num_points, tensor.dim]
    assert evaluate(page, "q.dataPanel.labelOptions") == [
        column.name for column in metadata.columns
    ]
    label = metadata.label_column
    assert label is not None
    assert evaluate(page, "q.selectedLabelOption") == label.name
    labels = evaluate(
        page,
        "[0,1,2,3,4].map(i => q.projectorScatterPlotAdapter.getLabelText(q.dataSet, i, q.selectedLabelOption))",
    )
    assert labels == label.first_cells
    options = [
        option
        for option in evaluate(
            page,
            "q.dataPanel.colorOptions.map(o => [o.name, o.isSeparator, (o.items || []).map(i => [i.label, i.count]), (o.thresholds || []).map(t => t.value)])",
        )
        if not option[1]
    ]
    assert [option[0] for option in options] == [
        "No color map",
        *(column.name for column in metadata.colorable_columns),
    ]
    for option, column in zip(options[1:], metadata.colorable_columns, strict=True):
        assert comparable(option[2]) == comparable([list(entry) for entry in column.legend])
        if column.is_gradient:
            assert option[3] == [column.minimum, column.maximum]


def comparable(legend: list[list[Any]]) -> list[tuple[str, Any]]:
    """NaN is not equal to itself."""
    return [
        (value, None if count is None or math.isnan(count) else int(count))
        for value, count in legend
    ]


@pytest.mark.parametrize("code", SHOWN_CASES)
def test_points_labels_and_legends_are_those_of_the_report_although_a_rule_is_broken(
    code: str, page: Page, opened, tmp_path: Path
):
    path = CASES[code][0](tmp_path)
    report = opened(path.parent if path.is_file() else path)
    wait_until(page, IS_SHOWN)
    assert_shown_as_said(page, tensor_of(report))


def test_a_good_export_with_numbers_and_a_bookmark_is_as_reported(
    page: Page, opened, tmp_path: Path
):
    years = ["year", *(str(1900 + row) for row in range(60))]
    rows = [
        [*row, year, str(position % 3)]
        for position, (row, year) in enumerate(zip(good_rows(), years, strict=True))
    ]
    rows[0][3] = "part"
    files = {"b.json": json.dumps([bookmark(label="One"), bookmark(label="Two")]).encode()}
    Export(
        tmp_path, viewer="web app", rows=rows, entry={"bookmarksPath": "b.json"}, files=files
    ).write()
    report = opened(tmp_path)
    wait_until(page, f"{IS_SHOWN} && q.bookmarkPanel.savedStates.length")
    assert report.findings == []
    assert_shown_as_said(page, tensor_of(report))
    assert evaluate(page, "q.bookmarkPanel.savedStates.map(s => s.label)") == ["One", "Two"]


def test_the_toast_counts_as_e01_does(page: Page, opened, tmp_path: Path):
    opened(CASES["E01"][0](tmp_path))
    wait_until(page, "q.shadowRoot.querySelector('#toast').text")
    assert (
        evaluate(page, "q.shadowRoot.querySelector('#toast').text")
        == "Number of tensors (60) do not match the number of lines in metadata (58)."
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [["genre"], *([f"g{row % 3}"] for row in range(60))],
            "Single column metadata should not have a header row.",
        ),
        (good_rows()[1:], "Multi-column metadata should have a header row"),
    ],
)
def test_the_dialog_that_e02_names_appears_and_nothing_is_shown(
    rows, words: str, page: Page, opened, tmp_path: Path
):
    Export(tmp_path, viewer="web app", rows=rows).write()
    assert {finding.code for finding in opened(tmp_path).findings} == {"E02"}
    page.wait_for_function(f"projector() && {DIALOG}.includes({json.dumps(words)})")
    assert "Error merging metadata" in page.evaluate(DIALOG)
    assert evaluate(page, "q.dataSet") is None


def test_the_page_hangs_if_e04_says_so(page: Page, opened, tmp_path: Path):
    Export(tmp_path, viewer="web app", files={"metadata.tsv": b"one line alone"}).write()
    report = opened(tmp_path)
    assert tensor_of(report).metadata.stream.hangs
    page.wait_for_function(f"projector() && {DIALOG}.includes('Parsing metadata...')")
    page.wait_for_timeout(1500)
    assert "Parsing metadata..." in page.evaluate(DIALOG)
    assert evaluate(page, "q.dataSet") is None


def test_a_sprite_that_e14_calls_too_large_shows_an_error_and_no_points(
    page: Page, opened, tmp_path: Path
):
    sprite = {"imagePath": "sprite.png", "singleImageDim": [64, 64]}
    Export(
        tmp_path, viewer="web app", entry={"sprite": sprite}, files={"sprite.png": png(8256, 64)}
    ).write()
    assert {finding.code for finding in opened(tmp_path).findings} == {"E14"}
    page.wait_for_function(f"projector() && {DIALOG}.includes('exceeds maximum dimensions')")
    assert evaluate(page, "q.dataSet") is None


def test_points_get_a_color_that_is_not_in_the_legend_if_e21_says_so(
    page: Page, opened, tmp_path: Path
):
    opened(CASES["E21"][0](tmp_path))
    wait_until(page, IS_SHOWN)
    colors = evaluate(
        page,
        "(o => [o.items.map(i => o.map(i.label)), o.map(q.dataSet.points[0].metadata.stars)])(q.dataPanel.colorOptions.find(o => o.name === 'stars'))",
    )
    legend, of_point = colors
    assert len(set(legend)) == 2
    assert of_point not in legend


def test_a_sequence_that_ends_is_shown(page: Page, opened, tmp_path: Path):
    report = opened(CASES["E16"][1](tmp_path))
    wait_until(page, IS_SHOWN)
    assert_shown_as_said(page, tensor_of(report))


def test_the_page_never_comes_back_from_a_circle_that_e16_names(page: Page, opened, tmp_path: Path):
    from playwright.sync_api import TimeoutError as NotInTimeError

    opened(CASES["E16"][0](tmp_path))
    with pytest.raises(NotInTimeError):
        wait_until(page, IS_SHOWN, timeout=20_000)


def test_a_tensor_without_shape_is_not_listed(page: Page, opened, tmp_path: Path):
    report = opened(CASES["E20"][0](tmp_path).parent)
    assert not tensor_of(report).is_listed
    wait_until(page, "q.dataPanel.tensorNames")
    assert evaluate(page, "q.dataPanel.tensorNames") == []


def with_bookmarks(folder: Path, state: dict[str, object]) -> Path:
    files = {"b.json": json.dumps([state]).encode()}
    Export(folder, viewer="web app", entry={"bookmarksPath": "b.json"}, files=files).write()
    return folder


@pytest.mark.parametrize("field", ["tSNEPerplexity", "pcaComponentDimensions", "customXLeftText"])
def test_a_bookmark_without_a_field_that_e15_asks_for_stops_half_way(
    field: str, page: Page, opened, tmp_path: Path
):
    report = opened(with_bookmarks(tmp_path, bookmark(**{field: None})))
    assert {finding.code for finding in report.findings} == {"E15"}
    wait_until(page, f"{IS_SHOWN} && q.bookmarkPanel.savedStates.length")
    with pytest.raises(Exception, match=r"TypeError|undefined"):
        evaluate(page, "q.bookmarkPanel.loadSavedState(0)")


@pytest.mark.parametrize("slot", ["tsne", "umap"])
def test_only_a_layout_in_the_t_sne_slot_is_computed_again(
    slot: str, page: Page, opened, tmp_path: Path
):
    is_recomputed = slot == "tsne"
    report = opened(with_bookmarks(tmp_path, bookmark(slot=slot, tSNEPerplexity=5)))
    assert ("W19" in {finding.code for finding in report.findings}) == is_recomputed
    wait_until(page, f"{IS_SHOWN} && q.bookmarkPanel.savedStates.length")
    evaluate(page, "q.bookmarkPanel.loadSavedState(0)")
    if is_recomputed:
        wait_until(page, "q.dataSet.tSNEIteration > 0")
    else:
        page.wait_for_timeout(1000)
        assert evaluate(
            page, "[q.dataSet.tSNEIteration, q.dataSet.points[2].projections['umap-0']]"
        ) == [0, 1]


def test_tensorboards_page_opens_the_run_and_the_tensor_that_check_names(
    page: Page, tmp_path: Path
):
    for second, (name, num_rows) in enumerate([("b_first", 60), ("a_second", 90)], start=1):
        files = {"events.out.tfevents.1": event_file(float(second))}
        more = 'embeddings { tensor_name: "more" tensor_path: "more.bytes" tensor_shape: 80 tensor_shape: 4 metadata_path: "more.tsv" }\n'
        extra = good_vectors(80).tobytes(), "".join(f"point {row}\n" for row in range(80)).encode()
        files |= {"more.bytes": extra[0], "more.tsv": extra[1]}
        Export(
            tmp_path / name,
            vectors=good_vectors(num_rows),
            rows=good_rows(num_rows),
            files=files,
            more=more,
        ).write()
    view = check(tmp_path).views[0]
    with tensorboard(tmp_path) as address:
        page.goto(address + PROJECTOR_PAGE)
        wait_until(page, IS_SHOWN)
        assert evaluate(page, "q.dataPanel.runNames") == [run.name for run in view.shown_runs]
        assert evaluate(page, "q.dataPanel.selectedRun") == view.shown_runs[0].name == "b_first"
        tensors = view.shown_runs[0].tensors
        assert evaluate(page, "q.dataPanel.tensorNames.map(t => t.name)") == [
            tensor.name for tensor in tensors
        ]
        assert (
            evaluate(page, "q.dataPanel.selectedTensor") == view.shown_runs[0].opens_with == "more"
        )
        assert_shown_as_said(page, tensors[0])


def test_javascripts_own_number_and_string_agree(page: Page):
    texts = [
        "7",
        "007",
        "1e3",
        "0x1F",
        "0o17",
        "0b11",
        " \u00a0",
        "-.5",
        "5.",
        "1_000",
        "+0x1",
        "inf",
        "Infinity",
    ]
    texts += [
        "1e21",
        "1.5e-7",
        "0.000001",
        "123456789012345680000",
        "9007199254740993",
        "-0",
        "1n",
        "\x85",
        "\x1c",
    ]
    spelled_there = page.evaluate(
        "texts => texts.map(t => isNaN(t) ? null : String(Number(t)))", texts
    )
    values = [parse_number(text) for text in texts]
    assert [None if value is None else format_number(value) for value in values] == spelled_there
