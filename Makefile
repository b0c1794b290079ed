# The two commands are `make board` and `make test`; `make help` lists them all.
#
# Set-up happens once: the names of the two stamp files in .venv hold a checksum of
# what was installed, so it is repeated when requirements.lock (or, for the package
# itself, pyproject.toml) has another content, or the folder another place.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help board test soak lint format benchmarks sample words lock clean distclean

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
KILLS ?= 200
EXAMPLES ?= 300
NBVAL := --nbval-lax --nbval-sanitize-with tests/nbval_sanitize.cfg
export PIP_DISABLE_PIP_VERSION_CHECK := 1

LOCKED := $(VENV)/.locked-$(shell { cat requirements.lock; pwd; } | cksum | cut -d' ' -f1)
INSTALLED := $(VENV)/.installed-$(shell { cat requirements.lock pyproject.toml; pwd; } | cksum | cut -d' ' -f1)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1   \2/p' Makefile

board: $(INSTALLED) ## publish a board report of the sample portfolio, and say where it is
	@echo "== Board report: optimise the sample portfolio and publish its report"
	@$(BIN)/portfolio demo

# Files of tests go out in the order of their folders: by their number of tests, as pytest-xdist
# has it by default, the longest (one report after another) would come last, beside an idle worker.
test: $(INSTALLED) ## lint, types, floors, tests and notebooks
	@echo "== Lint: ruff check, ruff format, notebooks without outputs"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/nbstripout --verify notebooks/*.ipynb
	@echo "== Types: mypy, strict, on src"
	@$(BIN)/mypy --num-workers $(WORKERS)
	@echo "== Floors: what may import what"
	@$(BIN)/lint-imports --no-logo
	@echo "== Tests: pytest, $(WORKERS) at a time"
	@$(BIN)/python -m pytest -p no:nbval -n $(WORKERS) --dist loadfile --no-loadscope-reorder
	@echo "== Notebooks: run each, as published but on a third of the sample"
	@rm -rf build/notebooks && $(BIN)/python tests/small_notebooks.py build/notebooks
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(NBVAL) build/notebooks

soak: $(INSTALLED) ## all tests for longer: KILLS (200) random kills of a report, EXAMPLES (300) draws for a law
	@PORTFOLIO_KILLS=$(KILLS) PORTFOLIO_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -p no:nbval -m "soak or not soak"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(NBVAL) notebooks

lint: $(INSTALLED) ## only the quick checks: lint, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --num-workers $(WORKERS)
	@$(BIN)/lint-imports --no-logo

format: $(INSTALLED) ## put code in shape and strip notebooks of their outputs
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/nbstripout notebooks/*.ipynb

benchmarks: ## list the benchmarks and the question each answers
	@for file in $(wildcard benchmarks/*.py); do \
		echo "  $(BIN)/python $$file"; sed -n '1s/^"""/      /p' $$file | sed 's/"""$$//'; \
	done

sample: $(INSTALLED) ## write the sample portfolio again, from its seed
	@$(BIN)/python data/make_sample.py

words: $(INSTALLED) ## bring the catalogues of words up to date with the code (LANGUAGE=de begins another)
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract --mapping pyproject.toml --no-default-keywords \
		--keyword say --keyword mark --keyword plural:1,2 \
		--no-location --sort-output --no-wrap --project portfolio --output-file build/portfolio.pot .
	@for language in $(or $(LANGUAGE),$(notdir $(wildcard src/portfolio/locale/*))); do \
		$(BIN)/pybabel --quiet update --init-missing --domain portfolio --locale $$language \
			--input-file build/portfolio.pot --output-dir src/portfolio/locale \
			--no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date; \
	done

lock: $(LOCKED) ## write requirements.lock from pyproject.toml (UPGRADE=1: to the newest versions)
	@echo "== Lock: exact versions and hashes, for every platform"
	@$(BIN)/uv pip compile pyproject.toml --extra test --output-file requirements.lock --quiet \
		--no-config --system-certs --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-emit-build-options \
		--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
	@! grep -n '://' requirements.lock || { echo "requirements.lock names an address." >&2; exit 1; }

clean: ## remove caches and built files; reports and .venv stay
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests notebooks data benchmarks -name __pycache__ -o -name .ipynb_checkpoints 2>/dev/null \
		| while read -r folder; do rm -rf "$$folder"; done

distclean: clean ## clean, and remove .venv
	@rm -rf $(VENV)

# The first of these that is Python 3.11 or later; `make board PYTHON=...` names another.
PYTHON ?=
CANDIDATES = $(or $(PYTHON),python3.11 python3 python3.12 python3.13 python3.14)

$(LOCKED):
	@found=; for python in $(CANDIDATES); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found="$$python"; break; \
		fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Python 3.11 or later is needed, and none of '$(strip $(CANDIDATES))' is one; install it, or name it: make board PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi; \
	echo "== Set-up: a new $(VENV), by $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV) || { \
		echo "$$found could not make $(VENV); on Debian and Ubuntu the module comes with: apt-get install python3-venv" >&2; \
		exit 1; \
	}
	@echo "== Set-up: the packages of requirements.lock (a few minutes, once)"
	@$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements.lock
	@# On every processor, where pip uses one; what cannot be compiled (a template) is as pip leaves it.
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
	@touch $@

$(INSTALLED): $(LOCKED)
	@echo "== Set-up: portfolio itself, as an editable installation"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
