# make demo    set everything up and grade the shipped solution, end to end
# make test    set everything up and run every check that CI runs
# make bench   time our training loop beside a notebook's, and the bare step
# Both work on a machine with nothing but Python 3.11 or later.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test bench lint types clean

demo: $(READY)
	$(BIN)/autograde submit solutions/under_8k/model.py --data auto --handle demo; \
	code=$$?; $(BIN)/autograde leaderboard; exit $$code

test: lint types
	$(BIN)/pytest --numprocesses auto

bench: $(READY)
	$(BIN)/python solutions/bench/bench.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)
	$(BIN)/mypy

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "expected Python 3.11 or later, found $$($(PYTHON) --version); set PYTHON=python3.12, say"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $(READY)

clean:
	rm -rf .venv build *.egg-info
