"""The page tells what it is of, how good its maps are, and has a picture for previews of links."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import projector_export as px
from projector_export.errors import UsageError
from projector_export.write.site.about import About, figures, previews, read_about
from projector_export.write.site.page import write_page
from tests.helpers.made_exports import grouped_embedding
from tests.helpers.running import exit_code

WHERE = "https://example.org/maps/"


def ring(num_points: int) -> np.ndarray:
    """Make points (N, 2) of a circle, whose order of cosine distances is that of their angles."""
    angle = np.linspace(0, 2 * np.pi, num_points, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    """Export a ring with a perfect map of it, and one that shows its points in random order."""
    folder = tmp_path_factory.mktemp("ring") / "map"
    vectors = ring(101)
    shuffled = np.random.default_rng(0).permutation(vectors)
    layouts = {"round": vectors, "mixed": shuffled}
    embedding = px.Embedding("ring", vectors, [f"point {n}" for n in range(101)], layouts=layouts)
    px.export(embedding, folder=folder, layouts=())
    return folder


def page_of(folder: Path) -> str:
    return (folder / "index.html").read_text("utf-8")


def tags(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([^"]*)" content="([^"]*)">', page))


def test_a_map_of_the_same_shape_is_perfect_and_a_shuffled_one_is_not(exported) -> None:
    described = json.loads((exported / "upload" / "maps.json").read_text("utf-8"))
    assert described["num_rows"] == described["num_sampled"] == 101
    perfect, mixed = described["maps"]
    assert perfect["name"] == "round"
    assert perfect["made_by"] == "coordinates that came with the data"
    for figure in ("trustworthiness", "continuity", "neighbor_recall"):
        assert perfect[figure] == 1
    assert mixed["neighbor_recall"] == pytest.approx(0.1, abs=0.05)  # 10 of 100 are by chance
    assert mixed["trustworthiness"] == pytest.approx(0.5, abs=0.05)


def test_about_shows_each_map_s_figures_with_what_they_mean(exported) -> None:
    page = page_of(exported / "site")
    assert "<th>round</th><th>mixed</th>" in page
    row = re.search(r"<tr><th>Neighbor recall<p>([^<]*)</p></th><td>([^<]*)</td>", page)
    assert row[1] == "The share of the 10 nearest vectors that are among the 10 nearest points."
    assert row[2] == "1.00"
    assert "Measured of" not in page  # all were


def test_figures_are_rounded_down_and_a_sample_is_called_one() -> None:
    one = {"title": "<b>", "made_by": "<i>", "trustworthiness": 0.9977, "continuity": 1.0}
    told = figures({"maps": {"num_rows": 37_020, "num_sampled": 1_000, "maps": [one]}})
    assert "<dt>&lt;b&gt;</dt><dd>&lt;i&gt;</dd>" in told
    assert "<td>0.99</td>" in told
    assert "<td>1.00</td>" in told
    assert "Measured of 1,000 random points." in told
    assert figures({}) == ""


def test_computed_maps_say_how_they_were_made(tmp_path) -> None:
    px.export(grouped_embedding(60), folder=tmp_path / "map", layouts=("tsne", "pca"))
    page = page_of(tmp_path / "map" / "site")
    assert re.search(
        r"<dt>t-SNE</dt><dd>openTSNE [0-9.]+, perplexity 6, cosine distance</dd>", page
    )
    assert "<dt>PCA</dt><dd>the two directions in which the vectors vary most</dd>" in page


def test_the_preview_is_a_picture_of_the_size_that_links_show(exported, tmp_path) -> None:
    with Image.open(exported / "site" / "preview.png") as picture:
        assert picture.size == (1200, 630)
        colors = picture.convert("RGB").getcolors(1200 * 630)
    assert len(colors) > 10  # drawn, not blank
    told = tags(page_of(exported / "site"))
    assert told["og:image"] == "preview.png"  # nobody has said where it will be
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["twitter:card"] == "summary_large_image"
    write_page(exported, tmp_path / "one.html", single_file=True, replace=False)
    alone = tags(page_of_file(tmp_path / "one.html"))
    assert "og:image" not in alone
    assert alone["og:title"] == "ring"


def page_of_file(path: Path) -> str:
    return path.read_text("utf-8")


def test_previews_have_the_full_address_of_the_picture_if_the_page_s_is_known(exported) -> None:
    assert previews({"url": WHERE, "preview": "preview.png"}).splitlines()[:2] == [
        '<meta property="og:url" content="https://example.org/maps/">',
        '<meta property="og:image" content="https://example.org/maps/preview.png">',
    ]
    assert 'content="https://example.org/?&quot;&gt;&lt;script&gt;"' in previews(
        {"url": 'https://example.org/?"><script>'}
    )


def test_an_address_that_is_none_is_refused(exported, tmp_path, capsys) -> None:
    with pytest.raises(UsageError, match="expected https"):
        About(url="javascript:alert(1)")
    command = ["site", str(exported), "-o", str(tmp_path / "page"), "--url", "example.org"]
    assert exit_code(command) == 2
    assert "the page's address is 'example.org'; expected https://..." in capsys.readouterr().err
    assert not (tmp_path / "page").exists()


def test_what_a_page_says_of_itself_survives_append_and_is_taken_by_other_pages(
    exported, tmp_path
) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "map"))
    said = ["--title", "A ring", "--source", 'Made "up"', "--url", WHERE]
    assert exit_code(["site", str(folder), "--force", *said]) == 0
    px.append(folder, px.Embedding("kinds", np.eye(3, 4), ["a", "b", "c"]))
    about = About(title="A ring", source='Made "up"', url=WHERE)
    assert read_about(folder / "site") == about
    told = tags(page_of(folder / "site"))
    assert told["og:title"] == "A ring"
    assert told["og:image"] == f"{WHERE}preview.png"
    other = ["-o", str(tmp_path / "other"), "--title", "Another"]
    assert exit_code(["site", str(folder), *other]) == 0
    assert read_about(tmp_path / "other") == About(title="Another", source='Made "up"', url=WHERE)


def test_an_export_without_maps_has_no_figures_and_no_picture(tmp_path) -> None:
    px.export(np.eye(5, 8), list("abcde"), tmp_path / "map", layouts=())
    names = {path.name for path in (tmp_path / "map").rglob("*")}
    assert not names & {"maps.json", "preview.png"}
    page = page_of(tmp_path / "map" / "site")
    assert "How far to trust it" not in page
    assert "og:image" not in page
