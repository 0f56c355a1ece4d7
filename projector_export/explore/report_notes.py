"""What a trainer adds to the report of its run, as data: `report.json` in the run's folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from projector_export.errors import InputError
from projector_export.files import write_text_whole

NOTES_NAME = "report.json"


class NotedFigure(BaseModel):
    """A figure of the run: its name, its value as text, and a sentence on what it means."""

    model_config = ConfigDict(extra="forbid")

    name: str
    value: str
    meaning: str


class ReportNotes(BaseModel):
    """What only the trainer knows.

    Attributes:
        figures: its own figures.
        dropped: what was left out of the input, and why; a sentence each.
        reproduce: commands that make the run again.
    """

    model_config = ConfigDict(extra="forbid")

    figures: list[NotedFigure] = []
    dropped: list[str] = []
    reproduce: list[str] = []

    def save(self, folder: Path) -> None:
        """Write them into a run's folder."""
        write_text_whole(folder / NOTES_NAME, self.model_dump_json(indent=2) + "\n")


def read_notes(folder: Path) -> ReportNotes:
    """Read a run's notes; empty if it has none.

    Raises:
        InputError: they are not what a trainer writes.
    """
    path = folder / NOTES_NAME
    if not path.is_file():
        return ReportNotes()
    try:
        return ReportNotes.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"{path} cannot be read: {key}: {first['msg']}",
            tip="delete it, and the report leaves out what the trainer noted",
        ) from error
