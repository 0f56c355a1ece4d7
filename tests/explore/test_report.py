"""The report of an export is one page that shows what is there, and nothing that titles could do."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

import projector_export as px
from projector_export.explore.quality import MEANINGS
from projector_export.explore.report_notes import NotedFigure, ReportNotes
from tests.helpers.made_exports import grouped_embedding, write_made_export
from tests.helpers.running import exit_code

ATTACK = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "made"
    write_made_export(path, grouped_embedding(120), layouts=("tsne",))
    return path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "map"))


def report(folder: Path) -> str:
    assert exit_code(["report", str(folder)]) == 0
    return (folder / "report.html").read_text("utf-8")


def test_the_report_has_pictures_figures_neighbors_and_hashes(folder, capsys) -> None:
    page = report(folder)
    assert capsys.readouterr().out == f"{folder / 'report.html'}\n"
    assert page.count('src="data:image/png;base64,') == 2  # t-SNE and PCA
    faithfulness = px.open_export(folder).faithfulness()
    assert f"{faithfulness.maps['tsne']['trustworthiness']:.3f}" in page
    assert all(meaning in page.replace("&#39;", "'") for meaning in MEANINGS.values())
    assert "None: the viewer shows everything as intended." in page
    examples = re.findall(r"<h3><bdi>(Book \d+)</bdi></h3><ol>\s*<li><bdi>(.*?)</bdi>", page)
    assert len(examples) >= 8
    opened = px.open_export(folder)
    assert all(opened.neighbors(label)["label"][0] == first for label, first in examples)
    written = folder / "upload" / "books.vectors.bytes"
    assert hashlib.sha256(written.read_bytes()).hexdigest() in page


def test_names_notes_and_config_are_shown_as_text(folder) -> None:
    figure = NotedFigure(name=ATTACK, value=ATTACK, meaning=ATTACK)
    ReportNotes(figures=[figure], dropped=[ATTACK], reproduce=[ATTACK]).save(folder)
    (folder / "config.yaml").write_text(f"run: {ATTACK}\n")
    page = report(folder)
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 6
    assert "<img src=x" not in page
    assert "default-src 'none'" in page


def test_any_part_of_an_export_has_a_report(folder) -> None:
    assert "How faithful the maps are" in report(folder / "upload")


def test_the_figures_of_a_run_are_those_of_its_metrics(folder) -> None:
    known = px.open_export(folder).faithfulness().to_dict()
    known["maps"]["tsne"]["trustworthiness"] = 0.12345
    (folder / "metrics.json").write_text(json.dumps({"faithfulness": known}))
    assert '<td class="number">0.123</td>' in report(folder)
    (folder / "metrics.json").write_text("{damaged")
    assert '<td class="number">0.123</td>' not in report(folder)


def test_findings_are_listed_with_their_fix(folder) -> None:
    path = folder / "upload" / "books.metadata.tsv"
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:-5]) + "\n", "utf-8")
    assert exit_code(["report", str(folder)]) == 2  # vectors and labels do not fit together
    states = folder / "projector" / "books.bookmarks.json"
    shutil.copy(folder / "projector" / "books.metadata.tsv", path)
    states.write_text("[")
    page = report(folder)
    assert '<span class="error">' in page or '<span class="warning">' in page


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "the file: Invalid JSON"), ('{"figures": [{"name": "x"}]}', "figures.0.value")],
)
def test_notes_that_cannot_be_read_are_refused_in_one_line(
    folder, capsys, content, message
) -> None:
    (folder / "report.json").write_text(content)
    assert exit_code(["report", str(folder)]) == 2
    error = capsys.readouterr().err
    assert f"{folder / 'report.json'} cannot be read: {message}" in error
    assert not (folder / "report.html").exists()


def test_a_folder_without_an_export_is_refused(tmp_path, capsys) -> None:
    assert exit_code(["report", str(tmp_path)]) == 2
    assert "has no export" in capsys.readouterr().err


def test_a_run_ends_with_its_report(planted_run) -> None:
    page = (planted_run / "report.html").read_text("utf-8")
    metrics = json.loads((planted_run / "metrics.json").read_text())
    assert metrics["seconds"]["report"] > 0
    assert f'<td class="number">{metrics["held_out"]["mrr"]:.3f}</td>' in page
    assert f"{metrics['genre_purity@10']['shuffled']:.3f} if genres were shuffled" in page
    config = re.search(r"books_sha256: (\w+)", (planted_run / "config.yaml").read_text())
    assert config is not None
    assert config[1] in page
    assert "--set run=planted-again" in page
