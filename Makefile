# Every target does its own set-up: a fresh machine needs Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo system test check format lint types layers bench clean

help:           ## this list
	@sed -n 's/^\([a-z]*\):.*## */  make \1\t/p' Makefile | expand -t 24

$(READY): pyproject.toml
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	    echo 'installing python3-venv'; apt-get update -qq && apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY)  ## the main job on an embedded lab device: import, plan, push, verify, drift
	@$(BIN)/python demo/main_job.py

system:
	@.ci/packages

# Two at a time for each processor: about half of the time a test waits, for a daemon or a timer.
test: $(READY) system  ## all tests; as root, since some run in namespaces of their own
	$(BIN)/python -m pytest -q -n $$((2 * $$(nproc))) --dist worksteal

check: format lint types layers test  ## what CI runs: format, lint, types, layers, tests

format: $(READY)  ## is everything formatted
	$(BIN)/ruff format --check .

lint: $(READY)  ## ruff's rules
	$(BIN)/ruff check .

types: $(READY)  ## mypy, strict
	$(BIN)/mypy

layers: $(READY)  ## imports point one way
	$(BIN)/lint-imports

bench: $(READY)  ## speed and memory beside what one would use instead; writes benchmarks/results/
	$(BIN)/python -m benchmarks

clean:          ## remove what the targets made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
