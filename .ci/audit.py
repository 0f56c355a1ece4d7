"""Say what pip-audit found about the versions in constraints.txt; fail if one is vulnerable.

pip-audit itself ends well, with "no known vulnerabilities", if it could look up no package at all.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(report: Path) -> int:
    """Print one line per vulnerable package and one in all; return the exit code."""
    packages = json.loads(report.read_text("utf-8"))["dependencies"] if report.is_file() else []
    audited = [package for package in packages if "vulns" in package]
    vulnerable = [package for package in audited if package["vulns"]]
    for package in vulnerable:
        named = ", ".join(found["id"] for found in package["vulns"])
        print(f"{package['name']} {package['version']} is vulnerable: {named}")
    if not audited:
        print("NOT AUDITED: the list of known vulnerabilities cannot be reached")
    else:
        counts = f"{len(audited)} of {len(packages)} packages audited"
        print(f"{counts}, {len(vulnerable)} vulnerable")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
