"""The code of docs/using_the_vectors.md and docs/article.md runs as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tests.helpers.made_exports import grouped_embedding, write_made_export
from tests.helpers.running import PROJECT
from training.run_folder import Vectors


def run_code(name: str) -> None:
    page = PROJECT / "docs" / name
    (code,) = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    exec(compile(code, str(page), "exec"), {})  # noqa: S102


def test_a_model_on_top_of_the_vectors_is_better_than_the_most_frequent_value(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    write_made_export(Path("logs/starter"), grouped_embedding(), layouts=())
    run_code("using_the_vectors.md")
    right, most_frequent = map(float, re.findall(r"\d\.\d\d", capsys.readouterr().out))
    # The nine categories that are kept lie apart; the largest has 46 of their 279 points.
    assert right > 0.9
    assert most_frequent == 0.17


def test_the_numbers_of_the_first_three_are_printed(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("logs/starter")
    folder.mkdir(parents=True)
    books = np.arange(20, dtype="f4").reshape(4, 5)
    titles = np.array(["A", "B", "C", "D"])
    vectors = Vectors(books=books, links=books, book_titles=titles, link_titles=titles)
    vectors.save(folder / "vectors.npz")
    run_code("article.md")
    printed = capsys.readouterr().out.splitlines()
    assert [line[0] for line in printed] == ["A", "B", "C"]
    assert printed[0] == "A [0. 1. 2. 3.] ..."
