# make demo    set everything up and grade the shipped solution, end to end
# make test    set everything up and run every check that CI runs
# make cover   run the tests and list the lines that none of them runs; TESTS=tests/course for some
# make lessons build the lessons and open them in JupyterLab, in my_lessons/
# make release build what an instructor hands out, in CLASS=class
# make site    build the lessons as pages that open from disk, in build/site
# make records train the solutions that have no record of what they are; says first what it costs
# make bench   time our training loop beside a notebook's, and the bare step
# make gpu     what only a GPU can show, in PIECES of ten minutes; kept in solutions/bench/gpu.json
# make hooks   let git run the quick checks before each commit
# Each works on a machine with nothing but Python 3.11 or later.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

CLASS ?= class
TESTS ?= tests
PIECES ?=

.PHONY: demo test cover lessons release site records bench gpu services lint types hooks clean

demo: $(READY)
	$(BIN)/autograde submit solutions/under_8k/model.py --data auto --handle demo; \
	code=$$?; $(BIN)/autograde leaderboard; exit $$code

test: lint types services
	$(BIN)/pytest --numprocesses auto --dist loadgroup

cover: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -p tests.cover --numprocesses auto --dist loadgroup $(TESTS); \
	code=$$?; $(BIN)/coverage combine --quiet; $(BIN)/coverage report; exit $$code

lessons: $(READY)
	$(BIN)/python lessons/build.py --to my_lessons
	$(BIN)/jupyter lab my_lessons

release: $(READY)
	$(BIN)/python lessons/release.py $(CLASS)

site: $(READY)
	$(BIN)/python lessons/pages.py

records: $(READY)
	$(BIN)/python -m solutions.records

bench: $(READY)
	$(BIN)/python -m solutions.bench.bench

gpu: $(READY)
	$(BIN)/python -m solutions.bench.gpu $(PIECES)

# The tests start a PostgreSQL of their own, and drive chromium. What is not installed and may be is now;
# elsewhere the tests that need it are skipped, with the reason.
services:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get install --yes --quiet=2 \
	    --no-install-recommends postgresql >/dev/null 2>&1; } || \
	  echo "no PostgreSQL here: its tests are skipped (apt-get install postgresql)"
	@command -v chromedriver >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get install --yes --quiet=2 \
	    --no-install-recommends chromium chromium-driver >/dev/null 2>&1; } || \
	  echo "no chromium here: tests of pages are skipped (apt-get install chromium chromium-driver)"

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell

types: $(READY)
	$(BIN)/mypy

hooks: $(READY)
	$(BIN)/pre-commit install

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "expected Python 3.11 or later, found $$($(PYTHON) --version); set PYTHON=python3.12, say"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $(READY)

clean:
	rm -rf .venv build *.egg-info .coverage*
