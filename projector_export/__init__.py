"""Turn vectors into a map that you can explore in the Embedding Projector.

    import projector_export as px

    px.export(vectors, metadata, "maps/words", name="words", color_by="topic").view()

docs/python.md shows every function with an example, and the command that does the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projector_export.appender import append
    from projector_export.checker.check import check
    from projector_export.checker.findings import Finding, Report
    from projector_export.embedding import AUTO, Embedding
    from projector_export.errors import (
        ConfigError,
        InputError,
        JobFailedError,
        RunError,
        UsageError,
        UserFacingError,
    )
    from projector_export.explore.open_export import OpenExport, open_export
    from projector_export.exporter import Export, export
    from projector_export.fixer.fix import fix
    from projector_export.publisher.publish import publish
    from projector_export.read.files import read_embedding, read_metadata, read_vectors

__version__ = "0.1.0"

# The module of each public name. It is imported when it is first used, so that neither `import
# projector_export` nor `projector-export --help` waits for NumPy and pandas.
_HOMES = {
    "AUTO": "embedding",
    "ConfigError": "errors",
    "Embedding": "embedding",
    "Export": "exporter",
    "Finding": "checker.findings",
    "InputError": "errors",
    "JobFailedError": "errors",
    "OpenExport": "explore.open_export",
    "Report": "checker.findings",
    "RunError": "errors",
    "UsageError": "errors",
    "UserFacingError": "errors",
    "append": "appender",
    "check": "checker.check",
    "export": "exporter",
    "fix": "fixer.fix",
    "open_export": "explore.open_export",
    "publish": "publisher.publish",
    "read_embedding": "read.files",
    "read_metadata": "read.files",
    "read_vectors": "read.files",
}
__all__ = [
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


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value  # the next use finds it without this function
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
