"""The examples in the docstrings of the library run, one after the other, in one folder."""

from __future__ import annotations

import doctest

import keras

import projector_export as px
from projector_export.keras import ProjectorCallback, Rows
from projector_export.torch import add_embedding

# They build on each other: `export` writes the folder `map`, which the others read.
EXAMPLES = {
    "export": px.export,
    "Embedding": px.Embedding,
    "Export": px.Export,
    "check": px.check,
    "fix": px.fix,
    "open_export": px.open_export,
    "OpenExport": px.OpenExport,
    "OpenExport.find_label": px.OpenExport.find_label,
    "OpenExport.neighbors": px.OpenExport.neighbors,
    "OpenExport.most_similar": px.OpenExport.most_similar,
    "read_vectors": px.read_vectors,
    "read_metadata": px.read_metadata,
    "append": px.append,
    "publish": px.publish,
    "read_embedding": px.read_embedding,
    "UserFacingError": px.UserFacingError,
    "keras.Rows": Rows,
    "keras.ProjectorCallback": ProjectorCallback,
    "torch.add_embedding": add_embedding,
}


def examples_of(public: object, name: str) -> list[doctest.DocTest]:
    """Return the examples of one docstring, without those of its methods."""
    tests = doctest.DocTestFinder(recurse=False).find(public, name, module=False, globs={})
    return [test for test in tests if test.examples]


def test_the_examples_print_what_they_say(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(1)  # training in other tests allows no unseeded operation
    printed: list[str] = []
    for name, public in EXAMPLES.items():
        tests = examples_of(public, name)
        assert tests, f"{name} has no example"
        for test in tests:
            doctest.DocTestRunner().run(test, out=printed.append)
    assert "".join(printed) == ""


def test_every_public_function_has_an_example() -> None:
    results = {"Finding", "Report"}  # returned by others, whose examples show them
    errors = {name for name in px.__all__ if name.endswith("Error")} - {"UserFacingError"}
    called = set(px.__all__) - results - errors - {"AUTO"}
    assert called - EXAMPLES.keys() == set()
