"""Write docs/checks.md from the rules.

`python -m projector_export.checker.pages > docs/checks.md`
"""

from __future__ import annotations

import sys

from projector_export.checker.findings import Rule
from projector_export.checker.rules import RULES

BEGINNING = """# What `check` finds

`projector-export check PATH` reports what the Embedding Projector will do with an export, whichever
tool wrote it, before anyone opens it. `make docs` generates this page from the rules;
`projector-export check --explain E05` prints one of them.

    projector-export check logs/starter/projector        a folder for TensorBoard
    projector-export check upload/projector_config.json  a config of the web app
    projector-export check vectors.tsv metadata.tsv      two files to load manually
    projector-export check folder                        files without a config: finds pairs
    projector-export check PATH --color-by topic         the column to color by
    projector-export check PATH --select E --ignore E10  some rules only
    projector-export check PATH --fix -o fixed           a fixed copy

Exit code 0: no errors. 1: errors; with `--strict`, warnings too. 2: there is nothing to check.
An **error** is something that is not shown, or shown wrongly; a **warning** works,
but badly. If an export breaks the rule of an error without harm, the finding says so and is a
warning. An export that shows no points is always an error.

## What is checked

Without a config, the content of files decides: vectors are rows of numbers, each possibly after a
word; metadata is any other text. Metadata belongs to vectors if the names are a known pair
(`vectors.tsv` and `metadata.tsv`, `vecs.tsv` and `meta.tsv`), if it has as many rows, or if there
are no other files in the folder. What was assumed is printed below the view, and in `notes`. A
metadata file without vectors is checked by itself.

A config of the web app may contain web addresses. Nothing is downloaded: `check` reads the file of
that name next to the config, and says so. If there is none, nothing could be checked (E22).

## Which column to color by

If "Color by" does not offer a column, that is a finding only if the column would separate the
points. It would if its 9 most frequent values cover at least a tenth of the informative cells, and
at most half of its values are unique. Of several such columns, those named like groups (`genre`,
`topic`, `category`, `cluster` and so on) come first, then those whose values spread most evenly
over the most rows. If the viewer already offers a column to color by, others are not findings,
unless they are named like groups and the offered one is not. `--color-by COLUMN` decides it
instead.

## What `--fix` does

It copies PATH to the folder `-o`, fixes what can be fixed without guessing, and checks the copy;
PATH is not changed. Each finding says whether it can be fixed. Files without a config get both
configs, so that the folder opens in TensorBoard (with `--logdir`), and in a page in that folder
with `?config=`. Web addresses in a config stay; upload the fixed files there. Fixing a fixed copy
changes nothing.

The rules are those of TensorBoard 2.21.0. TensorBoard requests only the first 100,000 rows of a
metadata file, so only these are checked. Checks that need every label at once take 8 bytes per row;
everything else is streamed: 1,000,000 vectors of three numbers as text with four columns of
metadata took 6.2 s of processor time and 119 MB
(`pytest -m slow -s tests/checker/test_check_size.py`). TensorFlow is imported only for checkpoints
in slices, compressed, or of version 1.
"""
JSON = """## `--json`

One object:

- `views`: one for each way to open what was checked
  - `viewer`: `TensorBoard`, `web app`, `upload` for files loaded manually, or `metadata` for
    only metadata
  - `path`: the log directory, the config, the vectors, or the metadata
  - `crash`: why TensorBoard answers every request with an error, or `""`
  - `notes`: what was assumed, read in place of a web address, or not read
  - `runs`: the run menu
    - `name`, `config`
    - `opens_with`: a tensor's name, or null
    - `tensors`: in the menu's order
      - `name`, `num_rows`, `dim`
      - `num_points`: what the page gets
      - `is_listed`, `is_sphereized`
      - `bookmarks`: their labels
      - `metadata`: null if there is none
        - `path`, `num_rows`, `label_column`, `color_columns`
        - `hangs`: whether the page never finishes reading it
        - `columns`
          - `name`, `is_numeric`
          - `num_values`: distinct ones; null for more than 20,000 and for a gradient
          - `num_blank`: empty cells
          - `color`: `categories`, `gradient` or null
          - `legend`: in the order of the colors, `value` and `count`, which is null if the page
            miscounts
          - `first_cells`: as labels show them
- `findings`: errors first
  - `code`, `severity`, `message`, `viewer`, `fix`
  - `is_fixable`: whether `--fix` does something about it
  - `path`, `line` (from 1), `row` (from 0), `byte`, `column`: null if they do not apply
- `num_errors`, `num_warnings`: how many there are of each
"""
BOOKMARKS = """## Fields of a bookmark

A bookmark file is a list of objects. The page needs in each: `selectedProjection` (`pca`, `tsne`,
`umap` or `custom`), `dataSetDimensions` ([N, D]), the numbers `tSNEIteration`, `tSNEPerplexity` and
`tSNELearningRate` (an exponent, -3 to 2), the texts `customXLeftText`, `customXRightText`,
`customYUpText` and `customYDownText` (can be empty), the lists `pcaComponentDimensions`,
`selectedPoints` (can be empty) and `projections`: one object per point, with the coordinates
`umap-0`, `umap-1`, ... of its projection. For TensorBoard each point also needs `pca-0` to `pca-9`,
or as many as there are dimensions if these are fewer than ten: without one of them, its PCA tab
draws nothing when that component is chosen. TensorBoard computes PCA again if `projections` is
empty, or if the bookmark has a list `filteredPoints`. projector.tensorflow.org keeps its PCA. If
there is a `cameraDef`, it contains `position` and `target` as lists of three numbers, and `zoom`.
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
        f"To fix it: {rule.fix}\n\n`--fix`: {rule.autofix}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(checks_page())
