"""The structure of the two packages: which may import which, and how long code may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import projector_export
from tests.helpers.running import PROJECT

DESIGN = PROJECT / "docs" / "design.md"
PACKAGES = ("projector_export", "training")
MAX_FUNCTION_LINES, MAX_FILE_LINES = 50, 250
BOOK_WORDS = re.compile(r"(?<![a-z])(book|genre)s?(?![a-z])", re.IGNORECASE)
# The checker knows common names of columns to color by, such as "genre".
KNOWS_COLUMN_NAMES = {"projector_export/checker/grouping.py", "projector_export/checker/pages.py"}


def sources(package: str) -> dict[str, Path]:
    """Map the name of each module to its file."""
    paths = sorted((PROJECT / package).rglob("*.py"))
    return {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }


MODULES = {name: path for package in PACKAGES for name, path in sources(package).items()}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs when a module is imported: no functions, nothing that is only for type checkers."""
    for child in ast.iter_child_nodes(node):
        is_for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if not is_for_types and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from run_at_import(child)


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """Name the modules that import statements ask for; `from package import module` is a module."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used"
            source = str(node.module)
            parts = {f"{source}.{alias.name}" for alias in node.names}
            names |= {part if part in MODULES else source for part in parts}
    return names


def importers(package: str, target: str) -> list[str]:
    """List the modules of `package` that import `target` or a part of it, wherever they do."""
    return [
        module
        for module, path in sources(package).items()
        if any(f"{name}.".startswith(f"{target}.") for name in imported(ast.walk(tree_of(path))))
    ]


def is_command_line(module: str) -> bool:
    return "cli" in module.split(".") or module.endswith("__main__")


def test_the_exporter_does_not_depend_on_training() -> None:
    assert importers("projector_export", "training") == []
    assert importers("training", "projector_export") != []
    assert importers("projector_export", "click") != []


@pytest.mark.parametrize("library", ["click", "rich", "projector_export.cli", "training.cli"])
def test_only_the_command_line_imports_its_libraries(library: str) -> None:
    users = [module for package in PACKAGES for module in importers(package, library)]
    assert [module for module in users if not is_command_line(module)] == []


def test_tensorflow_is_imported_only_where_the_design_says_so() -> None:
    assert importers("projector_export", "tensorflow") == [
        "projector_export.checkpoints.opening",
        "projector_export.native_libraries",  # which the former and training load it with
    ]
    assert {".".join(module.split(".")[:2]) for module in importers("training", "tensorflow")} == {
        "training.checkpoints",
        "training.objectives",
        "training.trainer",
    }
    marked = re.findall(r"^ +(\S+) .*\[TensorFlow\]$", DESIGN.read_text("utf-8"), re.MULTILINE)
    assert marked == ["checkpoints/", "objectives/", "trainer.py"]


def test_no_library_module_prints() -> None:
    printing = [
        f"{module}:{node.lineno}"
        for module, path in MODULES.items()
        if not is_command_line(module)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"print", "sys.stdout.write", "sys.stderr.write"}
    ]
    # The child that computes a layout reports to its parent on standard output.
    assert [place.split(":")[0] for place in printing] == [
        "projector_export.checker.pages",
        "projector_export.prepare.layouts.process",
        "training.config.docs_page",
    ]


def test_modules_do_not_import_each_other_in_circles() -> None:
    graph = {
        module: imported(run_at_import(tree_of(path))) & MODULES.keys() - {module}
        for module, path in MODULES.items()
    }
    assert "projector_export.errors" in graph["projector_export.embedding"]
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_no_function_and_no_file_is_too_long() -> None:
    too_long = []
    for path in MODULES.values():
        name = path.relative_to(PROJECT)
        num_lines = len(path.read_text("utf-8").splitlines())
        too_long += [f"{name}: {num_lines} lines"] if num_lines > MAX_FILE_LINES else []
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = int(node.end_lineno or 0) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    too_long.append(f"{name}:{node.lineno} {node.name}: {length} lines")
    assert too_long == []


def test_the_exporter_does_not_mention_books() -> None:
    """Its source, help and templates are for any vectors; only `training` knows about books."""
    files = [
        path
        for path in sorted((PROJECT / "projector_export").rglob("*"))
        if path.suffix in {".py", ".md", ".html", ".js", ".css"}
    ]
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for path in files
        if str(path.relative_to(PROJECT)) not in KNOWS_COLUMN_NAMES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if BOOK_WORDS.search(line)
    ]
    assert found == []


def test_importing_the_library_loads_nothing_heavy() -> None:
    script = (
        "import sys, projector_export\n"
        "heavy = {'numpy', 'pandas', 'tensorflow', 'scipy', 'sklearn', 'matplotlib', 'click'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    words = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert words.stdout == "[]\n"


def test_the_public_names_are_these() -> None:
    assert projector_export.__all__ == [
        "AUTO",
        "ConfigError",
        "Embedding",
        "Export",
        "Finding",
        "InputError",
        "JobFailedError",
        "OpenExport",
        "Report",
        "RunError",
        "UsageError",
        "UserFacingError",
        "append",
        "check",
        "export",
        "fix",
        "open_export",
        "publish",
        "read_embedding",
        "read_metadata",
        "read_vectors",
    ]


@pytest.mark.parametrize("name", projector_export.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert name in dir(projector_export)
    public = getattr(projector_export, name)
    assert isinstance(public, str) or public.__doc__


def test_an_unknown_name_raises_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'projector_export' has no attribute 'exprot'"):
        projector_export.exprot  # noqa: B018
