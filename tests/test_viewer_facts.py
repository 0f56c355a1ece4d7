"""Every fact about the viewer that the code relies on is looked up in the installed viewer."""

from __future__ import annotations

import inspect
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from projector_export import viewer_facts as facts

PAGE = facts.VIEWER_SCRIPT
# fact -> the file that contains it, and a pattern with the fact's value at VALUE. The minifier
# chooses names, so the pattern accepts any.
EVIDENCE = {
    "CONFIG_NAME": ("metadata.py", r'PROJECTOR_FILENAME = "VALUE"'),
    "PLUGIN_FOLDER": (
        "metadata.py",
        r'PLUGIN_ASSETS_NAME = "org_tensorflow_tensorboard_projector"',
    ),
    "OPTIMIZER_SLOT": ("projector_plugin.py", r'if "VALUE" in tensor_name'),
    "RUNS_ROUTE": ("projector_plugin.py", r'RUNS_ROUTE = "VALUE"'),
    "MAX_SERVED_ROWS": (
        PAGE,
        r"=VALUE,\w+=class\{constructor\(\w+\)\{this\.runProjectorConfigCache",
    ),
    "MAX_TSNE_POINTS": (PAGE, r'=VALUE,\w+=5e3,\w+=5e4,\w+=200,\w+=10,\w+="umap-optimization"'),
    "MAX_UMAP_POINTS": (PAGE, r'=VALUE,\w+=5e4,\w+=200,\w+=10,\w+="umap-optimization"'),
    "MAX_PCA_POINTS": (PAGE, r'=VALUE,\w+=200,\w+=10,\w+="umap-optimization"'),
    "MAX_PCA_DIM": (PAGE, r'=5e4,\w+=VALUE,\w+=10,\w+="umap-optimization"'),
    "NUM_PCA_COMPONENTS": (PAGE, r'=VALUE,\w+="umap-optimization"'),
    "SPHEREIZE_FROM_DIM": (PAGE, r'var \w+=VALUE,\w+="black",\w+="__index__"'),
    "BYTES_SUFFIX": (PAGE, r'="VALUE",\w+=class\{constructor\(\w+\)\{this\.projectorC'),
    "CHUNK_BYTES": (PAGE, r"function \w+\(\w+,\w+,\w+=VALUE,\w+=`\n`"),
    "LABEL_OF_ONE_COLUMN": (PAGE, r'"Parsing metadata\.\.\.".{0,120}=\["VALUE"\]'),
    "SEQUENCE_COLUMNS": (PAGE, r'=\["__next__","__seq_next__"\]'),
    "MAX_COLOR_VALUES": (PAGE, r'var \w+=VALUE,\w+=8192,\w+="metadata"'),
    "NO_COLOR": (PAGE, r'\[\{name:"VALUE"'),
    "NUM_COLORS": (PAGE, r'"1f77b4ff7f0e2ca02cd627289467bd8c564be377c27f7f7fbcbd2217becf"'),
    "PALETTE_STEP": (PAGE, r"=(\w+)\.range\(\),\w+=\w+\.map\(\(\w+,(\w+)\)=>\{let \w+=\2\*VALUE%"),
    "GRADIENT": (PAGE, r'color:"#ffffdd",value:.{1,60}color:"#1f2d86",value:'),
    "PROJECTIONS": (PAGE, r'case"pca":.*case"tsne":.*case"umap":.*case"custom":'),
    "STATIC_SLOT": (PAGE, r'"umap",\w+,\w+,\w+\);this\.projector\.setProjection\(\w+\),'),
    "UMAP_NEIGHBORS": (PAGE, r"this\.umapIs3d=!0,this\.umapNeighbors=VALUE,"),
    "UMAP_MIN_DIST": (PAGE, r"this\.umapNeighbors=15,this\.umapMinDist=VALUE,"),
    "MAX_SPRITE_SIDE": (PAGE, r'=50,\w+=VALUE,\w+="metadata"'),
    "VIEWER_SCRIPT": (PAGE, r"customElements"),
}
# Facts that no single file states: these tests try them in a browser or a server.
TRIED = {
    "EVENT_FILE_INFIX": "tests/checker/test_check_tensorboard.py",
    "PROJECTOR_ROUTE": "tests/checker/test_check_tensorboard.py",
    "MIN_DIM": "tests/browser/test_check_browser.py",
    "OBJECT_PROPERTIES": "tests/browser/test_check_browser.py",
    "COLORS": "tests/browser/test_tensorboard_page.py",
    "VIEWER_SCRIPT_FOLDER": "tests/write/test_site.py",
}


@cache
def installed(name: str) -> str:
    plugin = Path(str(find_spec("tensorboard").submodule_search_locations[0]), "plugins/projector")
    path = plugin / "tf_projector_plugin" / name if name == PAGE else plugin / name
    return path.read_text("utf-8")


def as_minified(value: object) -> str:
    """Spell a value like the minifier: 1e5 for 100,000, .1 for 0.1."""
    text = str(value).removeprefix("0") if isinstance(value, float) else str(value)
    digits = text.rstrip("0")
    num_zeros = len(text) - len(digits)
    return f"{digits}e{num_zeros}" if isinstance(value, int) and num_zeros > 2 else text


@pytest.mark.parametrize("fact", EVIDENCE)
def test_a_fact_is_true_of_the_installed_viewer(fact: str) -> None:
    name, pattern = EVIDENCE[fact]
    pattern = pattern.replace("VALUE", re.escape(as_minified(getattr(facts, fact))))
    moved = f"{fact} = {getattr(facts, fact)!r} is no longer what {name} of TensorBoard says"
    assert re.search(pattern, installed(name)), moved


def test_every_fact_has_its_evidence() -> None:
    names = [name for name, _ in inspect.getmembers(facts) if name.isupper() and name[0] != "_"]
    assert sorted(names) == sorted([*EVIDENCE, *TRIED])
    for path in TRIED.values():
        assert (Path(__file__).parents[1] / path).is_file()


def test_colors_are_every_third_of_the_palette() -> None:
    assert facts.COLORS[:4] == ("#1f77b4", "#d62728", "#e377c2", "#17becf")
    assert facts.COLORS[9] == "#7f7f7f"
