# `make solve` and `make test` set up what they need; everything lives in .venv and plans/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: solve check test golden lint types setup setup-tests clean

solve: $(VENV)/.ready  ## Solve ALIS-Vest 2017 and verify the plan
	@mkdir -p plans
	$(BIN)/allokering solve alis-vest-2017 -o plans/alis-vest-2017
	$(BIN)/allokering check alis-vest-2017 plans/alis-vest-2017

check: lint types  ## Before every commit: lint, types and the quick tests
	$(BIN)/python -m pytest -n auto -m "not slow"

test: lint types  ## Lint, types and every test
	$(BIN)/python -m pytest -n auto

golden: $(VENV)/.ready-for-tests  ## Write the compiled rows of the rules' scenes anew, to be read as a diff
	cd tests && $(CURDIR)/$(BIN)/python -m rules.golden_rows

lint: $(VENV)/.ready-for-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.ready-for-tests
	$(BIN)/mypy

setup: $(VENV)/.ready
setup-tests: $(VENV)/.ready-for-tests

$(VENV)/.ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

$(VENV)/.ready-for-tests: requirements-dev.txt $(VENV)/.ready
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) plans .mypy_cache .ruff_cache .pytest_cache .hypothesis
