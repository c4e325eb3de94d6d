# Every target does its own set-up. `make test` and `make rehearse` are all that a newcomer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PURE := model checks policies decisions reports

.DEFAULT_GOAL := help
.PHONY: help venv test check rehearse generate bench bench-start bench-generate bench-health bench-isolation bench-plan faults-apply faults-health faults-health-peers lock clean

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

venv: $(STAMP) ## make .venv from the lock

$(STAMP): requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than 3.11" >&2; \
	    echo "hint:  name a newer one, as in: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "making $(VENV) from requirements/dev.txt ..."
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv --no-config pip install --quiet --compile-bytecode --python $(VENV) \
	  --require-hashes --no-deps --only-binary :all: -r requirements/dev.txt
	$(BIN)/uv --no-config pip install --quiet --python $(VENV) --no-deps --no-build-isolation -e .
	@touch $(STAMP)

test: venv ## run the fast tests
	$(BIN)/python -m pytest -q -n auto -m "not slow"

rehearse: venv ## see the whole loop run on this machine, faults included
	$(BIN)/keepwell rehearse

generate: venv ## bring generated/ and what else is made up to date
	$(BIN)/keepwell generate --output generated
	$(BIN)/keepwell schema > stack.schema.json
	$(BIN)/python -m docs.regenerate

check: venv test ## everything that CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shellcheck actions/run requirements/lock.sh .ci/run
	$(BIN)/zizmor --offline --strict-collection --persona pedantic .github actions
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions actions/*/action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/python -m pytest -q -p no:cacheprovider $(PURE:%=--cov=keepwell.%) --cov-branch --cov-fail-under=100 \
	  --cov-report=term-missing $(PURE:%=tests/%)
	requirements/lock.sh --check
	$(BIN)/keepwell generate --output generated --check
	$(BIN)/python -m docs.regenerate --check
	$(BIN)/python -m pytest -q -m "slow"

bench: bench-start bench-generate bench-health bench-plan bench-isolation ## measure, each against a peer or a floor

bench-start: venv
	$(BIN)/python benchmarks/actions/launch.py

bench-generate: venv
	$(BIN)/python benchmarks/generate/generate.py

bench-health: venv
	$(BIN)/python -m benchmarks.health.compare

bench-plan: venv
	$(BIN)/python -m benchmarks.plan.plan

bench-isolation: venv
	$(BIN)/python -m benchmarks.isolation.isolation

faults-apply: venv ## kill an apply at every call, fail every write, and see it converge
	$(BIN)/python -m tests.faults.apply

faults-health: venv ## break Postgres, Redis and all between, and see every answer of /health
	$(BIN)/python -m tests.faults.health

faults-health-peers: venv ## the same faults before five other health libraries
	$(BIN)/python -m tests.faults.health.peers

lock: ## compile requirements/*.txt anew
	requirements/lock.sh

clean: ## remove what the other targets made
	rm -rf $(VENV) .cache .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
