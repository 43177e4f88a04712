# Safe Pathways: every task a developer runs. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run test lint types imports bench rehearse faults fuzz lock clean

help:            ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The whole system installs from hash-locked files; nothing is resolved on the machine it runs on.
$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

# The worklist's styles come from the npm registry, at fixed versions and checked by hash.
ASSETS := deployments/worklist/assets
$(VENV)/.worklist: $(VENV)/.installed $(ASSETS)/package-lock.json $(ASSETS)/pathways.scss $(ASSETS)/_ours.scss
	command -v npm >/dev/null || $(PIP) install --no-deps --require-hashes -r requirements-node.lock
	$(BIN)/python -m deployments.worklist.set_up
	touch $@

$(VENV)/.developer: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	touch $@

run: $(VENV)/.worklist     ## the whole system on loopback, with the example council on an empty home
	exec $(BIN)/pathways up

# Node trusts the certificates that this machine trusts, as Python does.
SYSTEM_CA = $$($(BIN)/python -c "import ssl; print(ssl.get_default_verify_paths().cafile or '')")

# A real OpenID provider and the accessibility rules, for the tests in a browser.
$(VENV)/.browser: $(VENV)/.worklist tests/browser/package-lock.json
	PATH="$$PATH:$(CURDIR)/$(BIN)" NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS-$(SYSTEM_CA)}" \
		npm --prefix tests/browser ci --ignore-scripts --no-audit --no-fund
	test -x /usr/bin/chromium || test "$$(id -u)" != 0 || (apt-get -qq update && apt-get -qq install -y chromium) || true
	touch $@

test: $(VENV)/.developer $(VENV)/.browser    ## all tests
	$(BIN)/python -m pytest

lint: $(VENV)/.developer    ## style and likely mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developer   ## mypy, strict
	$(BIN)/mypy

imports: $(VENV)/.developer ## the rooms' one-way imports
	$(BIN)/lint-imports

# What we are measured against lives in an environment of its own, so that it may want other versions than we do.
.venv-bench/.installed: requirements-bench.lock
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r requirements-bench.lock
	touch $@

bench: $(VENV)/.developer .venv-bench/.installed   ## ratios measured side by side in one run
	$(BIN)/python -m tests.benchmarks

rehearse: $(VENV)/.developer $(VENV)/.browser    ## an upgrade of Prefect with sleeping cases, which installs an earlier one first
	$(BIN)/python -m pytest -n0 --rehearse -m rehearsal

faults: $(VENV)/.worklist $(VENV)/.developer   ## the long fault campaign: a thousand trials, with the page that tells of them
	$(BIN)/python -m tests.faults --trials 1000 --json tests/faults/results/campaign.json
	$(BIN)/python -m tests.faults.whole_system --rounds 12 --json tests/faults/results/whole_system.json
	$(BIN)/python -m tests.faults.breaking --json tests/faults/results/breakages.json
	$(BIN)/python -m tests.faults.page

fuzz: $(VENV)/.worklist $(VENV)/.developer     ## the long fuzz run: a hundred thousand inputs, with its page
	$(BIN)/python -m tests.fuzz --examples 101000 --json tests/fuzz/last_run.json --page docs/fuzzing.md

lock:            ## work the locks out anew (needs uv; no index addresses are kept)
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra build -o requirements.lock
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements.lock pyproject.toml --extra build --extra dev -o requirements-dev.lock
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements.lock pyproject.toml --extra build --extra node -o requirements-node.lock
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements-bench.in -o requirements-bench.lock

clean:           ## forget the virtual environment and caches (never the data in .pathways)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
