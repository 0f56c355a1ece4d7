"""What an error tells people to do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import projector_export as px


@pytest.mark.parametrize("name", ["map", "my map", "it's", "$(id)", "a;b", "karte-ü", "`x`"])
def test_a_command_in_a_tip_can_be_pasted_into_a_shell(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with pytest.raises(px.UserFacingError) as raised:
        px.open_export(folder)
    command = str(raised.value.tip).partition(": ")[2]
    words = subprocess.check_output(["sh", "-c", f"printf '%s\\n' {command}"], text=True)
    assert words.splitlines() == ["projector-export", "export", str(folder)]
