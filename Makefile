# Everything happens in one virtual environment, so that nothing on the machine is touched.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test check bench docs servers clean

run: $(VENV)/.run  ## set up, then run a Conductor and the scheduler with an example
	$(BIN)/scheduledwf up --example

test: $(VENV)/.dev servers check  ## everything a change must pass
	$(BIN)/python -m pytest

check: $(VENV)/.dev  ## style, types, import contracts, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.dev servers  ## the tables of docs/explanation/speed.md
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev  ## the site, with live reload
	$(BIN)/mkdocs serve

servers:  ## the real servers the tests use
	tests/servers/install

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[embedded]'
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[embedded,dev]'
	touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) site build *.egg-info .mypy_cache .ruff_cache .pytest_cache
