# Each target makes the virtual environment if there is none: one command on a fresh machine.
PYTHON ?= python3
# Waiting threads that spin take the processor from whatever else runs on the machine.
export OMP_WAIT_POLICY ?= PASSIVE
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: demo test test-slow lint types wheel bench clean help

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.installed ## run the main job on the embedded sample (about 4 minutes)
	rm -rf demo-run
	$(BIN)/ontograft demo --out demo-run

test: $(VENV)/.installed-dev ## run the tests that are quick
	$(BIN)/python -m pytest

test-slow: $(VENV)/.installed-dev ## run the tests that train for real, too
	$(BIN)/python -m pytest -m "slow or not slow"

lint: $(VENV)/.installed-dev ## check style, and that imports point one way
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev ## check types
	$(BIN)/mypy -p ontograft
	$(BIN)/mypy --explicit-package-bases tests

wheel: $(VENV)/.installed-dev ## build the wheel and run the tests against it, away from the checkout
	rm -rf dist build
	$(BIN)/python -m build --wheel --outdir dist .
	$(PYTHON) -m venv --clear build/wheel-venv
	build/wheel-venv/bin/python -m pip install --quiet --constraint constraints.txt "$$(ls dist/*.whl)[test]"
	cd / && "$(CURDIR)/build/wheel-venv/bin/python" -P -m pytest -p no:cacheprovider "$(CURDIR)/tests"

bench: $(VENV)/.installed-dev ## run the quick benchmarks (needs ONTOGRAFT_BENCHMARK_DATA, see benchmarks/README.md)
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/linking.py
	$(BIN)/python benchmarks/step_cost.py

clean: ## delete the environment and everything that was built
	rm -rf $(VENV) build dist demo-run src/ontograft.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable ".[offline]"
	touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable ".[dev]"
	touch $@
	touch $(VENV)/.installed
