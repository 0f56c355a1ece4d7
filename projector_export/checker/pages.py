"""Make docs/checks.md from the rules.

`python -m projector_export.checker.pages > docs/checks.md`
"""

from __future__ import annotations

import sys

from projector_export.checker.findings import Rule
from projector_export.checker.rules import RULES

BEGINNING = """# What `check` finds

`projector-export check PATH` says what the Embedding Projector will do with an export, whoever
wrote it, before anyone opens it. This page is made from the rules
(`python -m projector_export.checker.pages`), and `projector-export check --explain E05` prints one.

    projector-export check logs/starter/projector        a folder for TensorBoard
    projector-export check upload/projector_config.json  a config of the web app
    projector-export check vectors.tsv metadata.tsv      two files to load by hand
    projector-export check folder                        files of no config: pairs are found
    projector-export check PATH --color-by topic         the column that points go by
    projector-export check PATH --select E --ignore E10  some rules only
    projector-export check PATH --fix -o fixed           a fixed copy

Exit code 0: no errors. 1: errors; with `--strict`, warnings too. 2: there is nothing to check.
An **error** is something that is not shown, or shown wrongly; a **warning** works, but badly. Where
an error's rule is broken and it happens to do no harm, the finding says so and is a warning.
An export of which no point is shown is always an error.

## What is checked

Without a config, files are told apart by what is in them: vectors are rows of numbers, perhaps with
a word before each; metadata is any other text. Metadata belongs to vectors if it has a name that
pairs have (`vectors.tsv` and `metadata.tsv`, `vecs.tsv` and `meta.tsv`), or as many rows, or if the
two are alone in their folder. What was assumed stands below the view, and in `notes`. A file of
metadata alone is checked for itself.

A config of the web app may name web addresses. Nothing is downloaded: the file of that name beside
the config is read, and the report says so. Where there is none, nothing could be checked (E22).

## What a person would color by

A column that "Color by" does not offer is missed only if it would color the points apart. It does
if its 9 most frequent values have at least a tenth of the cells that say something, and at most
half of its values are unique. Of several such columns those named for groups (`genre`, `topic`,
`category`, `cluster` and the like) come first, and then those whose values spread most evenly over
most rows. Where a column to color by is offered already, others are not missed, unless they are
named for groups and it is not. `--color-by COLUMN` says it instead.

## What `--fix` does

It copies PATH to the folder `-o`, fixes what can be fixed without a guess, and checks the copy;
PATH stays as it is. Each finding says whether it can be fixed. Files of no config get both configs,
so that the folder opens in TensorBoard (`--logdir` with that folder) and as `?config=` of a page
that stands in it. In a config that names web addresses these stay; put the fixed files there.
Fixing a fixed copy changes no byte.

The rules are those of TensorBoard 2.21.0. Of a metadata file for TensorBoard, which asks for the
first 100,000 rows, those are checked. What needs every label at once takes 8 bytes a row; the rest
is read in pieces: 1,000,000 vectors of three numbers as text with four columns of metadata took
6.2 s of processor time and 119 MB (`pytest -m slow -s tests/test_check_size.py`). TensorFlow is
loaded only if there is a checkpoint to read.
"""
JSON = """## `--json`

One object:

- `views`: one for each way to open what was checked
  - `viewer`: `TensorBoard`, `web app`, `upload` for files loaded by hand, or `metadata` for
    metadata alone
  - `path`: the log directory, the config, the vectors, or the metadata
  - `crash`: why TensorBoard answers with an error whatever is asked, or `""`
  - `notes`: what was assumed, read in place of a web address, or not read
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
          - `num_values`: different ones; null for more than 20,000 and for a gradient
          - `num_blank`: empty cells
          - `color`: `categories`, `gradient` or null
          - `legend`: in the order of the colors, `value` and `count`, which is null where the page
            miscounts
          - `first_cells`: as labels show them
- `findings`: errors first
  - `code`, `severity`, `message`, `viewer`, `fix`
  - `is_fixable`: whether `--fix` does something about it
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
        f"To fix it: {rule.fix}\n\n`--fix`: {rule.autofix}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(checks_page())
