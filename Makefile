# Every target installs what it needs in .venv, in the versions that were tested. The browser tests
# use the system's Chromium; only CI installs it, and elsewhere these tests say what is missing.

PYTHON ?= python3
VENV := .venv
BOOKS ?= training/data/starter_library/books.ndjson
BIN := $(VENV)/bin
READY := $(VENV)/.ready
API_PAGES := from pathlib import Path; import pdoc, projector_export as px; \
	[getattr(px, name) for name in px.__all__]; pdoc.render.configure(docformat="google"); \
	pdoc.pdoc("projector_export", output_directory=Path("build/api"))
COMPILE_UMAP := import numpy; from projector_export.prepare.layouts import compute as layouts; \
	layouts.compute_layouts(numpy.random.default_rng(0).normal(size=(300, 50)).astype('f'), \
	layouts.LayoutOptions(names=('umap',)))
OLDEST := build/oldest
AUDIT := build/audit

.PHONY: demo test lint format bench docs api oldest coverage soak audit clean

demo: $(READY)
	$(BIN)/projector-export run configs/starter.yaml --force
	@echo
	$(BIN)/projector-export neighbors starter "War and Peace" -k 5
	@echo
	@echo "Open the map:    $(BIN)/projector-export view starter"
	@echo "or all runs:     $(BIN)/tensorboard --logdir logs"

test: $(READY)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

coverage: $(READY)
	$(BIN)/python -m pytest -q --cov=projector_export --cov=training --cov-report=term:skip-covered

# What docs/reliability.md promises, for half an hour: kills of each job at random moments, damaged
# inputs of all readers, exports again while TensorBoard is open, links and names that lead elsewhere.
soak: KILLS ?= 20
soak: INPUTS ?= 100000
soak: EXPORTS ?= 50
soak: TRAPS ?= 200
soak: FILES ?= 1000000
soak: $(READY)
	KILLS=$(KILLS) INPUTS=$(INPUTS) EXPORTS=$(EXPORTS) TRAPS=$(TRAPS) FILES=$(FILES) \
		$(BIN)/python -m pytest -q -m '' tests/reliability $(PYTEST_ARGS)

# Whether a version in constraints.txt has a known vulnerability; says so if the list of those
# cannot be reached.
audit:
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	rm -f $(AUDIT)/report.json
	-$(AUDIT)/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip \
		--progress-spinner off --format json --output $(AUDIT)/report.json 2>/dev/null
	$(PYTHON) .ci/audit.py $(AUDIT)/report.json

# The quick tests on the oldest supported versions.
oldest:
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints-oldest.txt --editable '.[test]'
	$(OLDEST)/bin/python -m pytest -q -o filterwarnings=default $(PYTEST_ARGS)

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# make bench BOOKS=books.ndjson: the tables of docs/training.md and docs/wikipedia.md, and the map
bench: $(READY)
	$(BIN)/python benchmarks/vectors.py $(BOOKS)
	$(BIN)/python benchmarks/ablation.py $(BOOKS)
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/full_job.py
	$(BIN)/python benchmarks/maps.py
	$(BIN)/python benchmarks/map_opening.py
	$(BIN)/python benchmarks/prepare_dump.py

docs: $(READY)
	$(BIN)/python -m training.config.docs_page > docs/configuration.md
	$(BIN)/python -m projector_export.checker.pages > docs/checks.md
	PICTURES=docs/images $(BIN)/python -m pytest -q -m browser tests/browser/test_pictures.py

# The public API as HTML, from its docstrings.
api: $(READY)
	$(BIN)/python -W error::UserWarning -c '$(API_PAGES)'
	@echo "open build/api/projector_export.html"

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@# UMAP is compiled when it is first used, and cached; do it now, not in the first run.
	@$(BIN)/python -c "$(COMPILE_UMAP)"
	@touch $@
