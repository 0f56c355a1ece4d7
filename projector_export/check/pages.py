"""Make docs/checks.md from the rules.

`python -m projector_export.check.pages > docs/checks.md`
"""

from __future__ import annotations

import sys

from projector_export.check.findings import Rule
from projector_export.check.rules import RULES

BEGINNING = """# What `check` finds

`projector-export check PATH` says what the Embedding Projector will do with an export, whoever
wrote it, before anyone opens it. This page is made from the rules
(`python -m projector_export.check.pages`), and `projector-export check --explain E05` prints one.

    projector-export check logs/starter/projector        a folder for TensorBoard
    projector-export check upload/projector_config.json  a config of the web app
    projector-export check vectors.tsv metadata.tsv      two files to load by hand
    projector-export check PATH --select E --ignore E10  some rules only
    projector-export check PATH --fix -o mended          a mended copy

Exit code 0: no errors. 1: errors; with `--strict`, warnings too. 2: there is nothing to check.
An **error** is something that is not shown, or shown wrongly; a **warning** works, but badly. Where
an error's rule is broken and it happens to do no harm, the finding says so and is a warning.

The rules are those of TensorBoard 2.21.0. Of a metadata file for TensorBoard, which asks for the
first 100,000 rows, those are checked. What needs every label at once takes 8 bytes a row; the rest
is read in pieces: 1,000,000 vectors of three numbers as text with four columns of metadata took
6.2 s of processor time and 119 MB (`pytest -m slow -s tests/test_check_size.py`). TensorFlow is
loaded only if there is a checkpoint to read.
"""
JSON = """## `--json`

One object:

- `views`: one for each way to open what was checked
  - `viewer`: `TensorBoard`, `web app`, or `upload` for files loaded by hand
  - `path`: the log directory, the config, or the vectors
  - `crash`: why TensorBoard answers with an error whatever is asked, or `""`
  - `runs`: the run menu
    - `name`, `config`
    - `opens_with`: a tensor's name, or null
    - `tensors`: in the menu's order
      - `name`, `num_rows`, `dim`
      - `num_points`: what the page gets
      - `is_listed`, `is_sphereized`
      - `bookmarks`: their labels
      - `metadata`: null where there is none
        - `path`, `num_rows`, `label_column`, `color_columns`
        - `hangs`: the page never ends reading it
        - `columns`
          - `name`, `is_numeric`
          - `color`: `categories`, `gradient` or null
          - `legend`: in the order of the colours, `value` and `count`, which is null where the page
            miscounts
          - `first_cells`: as labels show them
- `findings`: errors first
  - `code`, `severity`, `message`, `viewer`, `mend`
  - `path`, `line` (from 1), `row` (from 0), `byte`, `column`: null where they say nothing
- `num_errors`, `num_warnings`: how many of each
"""
BOOKMARKS = """## Fields of a bookmark

A bookmark file is a list of objects. The page needs in each: `selectedProjection` (`pca`, `tsne`,
`umap` or `custom`), `dataSetDimensions` ([N, D]), the numbers `tSNEIteration`, `tSNEPerplexity` and
`tSNELearningRate` (an exponent, -3 to 2), the texts `customXLeftText`, `customXRightText`,
`customYUpText` and `customYDownText` (empty ones will do), the lists `pcaComponentDimensions`,
`selectedPoints` (may be empty) and `projections`: an object a point, with `umap-0`, `umap-1`, ...
of its own projection. For TensorBoard each point brings `pca-0` to `pca-9` too, or with fewer than
ten dimensions as many as there are: afterwards its PCA tab is blank where a component is chosen
that is not there. It computes PCA anew if `projections` is empty or the bookmark has a list
`filteredPoints`. projector.tensorflow.org keeps the PCA that it has.
`cameraDef`, if it is there, holds `position` and `target` as lists of three numbers, and `zoom`.
"""


def checks_page() -> str:
    """Return docs/checks.md."""
    errors = [_section(rule) for rule in RULES.values() if rule.severity == "error"]
    warnings = [_section(rule) for rule in RULES.values() if rule.severity == "warning"]
    return "\n".join(
        [BEGINNING, "## Errors\n", *errors, "## Warnings\n", *warnings, BOOKMARKS, JSON]
    )


def _section(rule: Rule) -> str:
    return (
        f"### {rule.code} {rule.title}\n\n{rule.viewer}\n\n"
        f"To mend it: {rule.mend}\n\n`--fix`: {rule.fix}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(checks_page())
