"""The script in docs/python.md goes from an array to an open map."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import projector_export as px
from projector_export.serve import viewing
from tests.helpers.running import PROJECT

PAGE = (PROJECT / "docs" / "python.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_ten_lines_go_from_an_array_to_an_open_map(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROWSER", "true")  # a browser that does nothing
    monkeypatch.setattr(viewing, "_wait_for_interrupt", lambda: None)  # as if Ctrl-C came at once
    script = BLOCKS[0]
    assert len(script.strip().splitlines()) <= 11
    exec(compile(script, "docs/python.md", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.startswith("http://127.0.0.1:")
    opened = px.open_export("maps/words")
    assert opened.tables["words"].vectors.shape == (400, 32)
    assert px.check("maps/words").findings == []


def test_every_public_name_is_on_the_page() -> None:
    errors = {"ConfigError", "InputError", "JobFailedError", "RunError", "UsageError"}
    types = {"Finding", "OpenExport", "Report", *errors}
    assert [name for name in px.__all__ if name not in types and name not in PAGE] == []


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_python(block: str) -> None:
    compile(block, "docs/python.md", "exec")


def test_the_keras_recipe_writes_every_epoch(tmp_path, monkeypatch) -> None:
    import keras

    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(1)  # training in other tests allows no unseeded operation
    setup = BLOCKS[0].partition("exported =")[0]
    recipe = next(block for block in BLOCKS if "ProjectorCallback" in block)
    exec(compile(setup + recipe, "docs/python.md", "exec"), {})  # noqa: S102
    runs = tmp_path / "logs" / "fit" / "projector"
    assert sorted(run.name for run in runs.iterdir()) == ["epoch-0001", "epoch-0002", "epoch-0003"]
    newest = px.open_export(runs / "epoch-0003").tables["word_embedding"]
    assert newest.vectors.shape == (401, 50)  # without the padding
    assert {"[OOV]", "word 0", "word 399"} <= set(newest.labels)


def test_the_other_recipes_with_vectors_of_their_own_run(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    setup = BLOCKS[0].partition("exported =")[0]
    for word in ("initials", "add_embedding"):
        recipe = next(block for block in BLOCKS if word in block)
        exec(compile(setup + recipe, "docs/python.md", "exec"), {})  # noqa: S102
    assert px.check("maps/letters").findings == []
    assert Path("maps/letters/site/words.sprite.png").is_file()
    runs = sorted(run.name for run in Path("logs/torch/projector/words").iterdir())
    assert runs == ["00100", "00200"]
    assert px.check("logs/torch").findings == []
