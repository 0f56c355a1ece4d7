"""Without a browser, the tests that need one are skipped, and fail in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 error"), ("", "1 skipped")])
def test_a_missing_browser_fails_in_ci_and_is_skipped_elsewhere(ci, outcome, tmp_path) -> None:
    test = "tests/browser/test_site_page.py::test_the_site_opens_on_the_colored_map_without_a_click"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", test, "-m", "browser", "-p", "no:cacheprovider"],
        cwd=PROJECT,
        env={**os.environ, "PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in done.stdout
    assert "there is no Chromium on this machine: apt-get install chromium" in done.stdout
