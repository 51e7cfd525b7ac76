# Sets the project up in .venv and runs it. Needs python3 (3.11 or newer) with its venv module, git and make; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CLUSTER := $(VENV)/.installed-cluster
EXTRAS := $(VENV)/.installed-extras
PEERS := .venv-peers
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV_VERSION := 0.13.8

.PHONY: build test torture lint lock bench bench-incremental bench-peers bench-scaling \
	clean setup cluster extras notebooks pictures

build: setup
	$(BIN)/union-metrics build

test: lint
	$(BIN)/python -m pytest -q

# Two hundred builders are killed at random moments, and disks filled; minutes, where `make test` kills a few.
torture: extras
	UNION_METRICS_KILLS=200 $(BIN)/python -m pytest -q tests/test_torture.py

lint: extras
	$(BIN)/ruff check .
	$(BIN)/mypy

# What is kept of the notebooks and pictures follows from data/raw: make them anew when rows have changed.
notebooks: extras build
	$(BIN)/python -m scripts.make_notebooks

pictures: extras
	$(BIN)/python -m scripts.make_pictures

bench: setup
	$(BIN)/python -m benchmarks

setup: $(STAMP)

# Besides what a build needs: workers on other machines, and addresses.
cluster: $(CLUSTER)

# All of it: notebooks, exports to Excel and SDMX, tests.
extras: $(EXTRAS)

# The stamp holds the folder that the environment was made for: scripts in a copied or moved .venv point elsewhere.
ifneq ($(shell cat $(STAMP) 2>/dev/null || pwd),$(shell pwd))
.PHONY: $(STAMP)
endif

# setuptools goes first: jieba comes as source only, and a build without isolation uses the one whose hash the lock gives.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not that." \
	    "On Debian: apt-get install python3 python3-venv. Or name another: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' has no venv module. On Debian: apt-get install python3-venv"; exit 2; }
	@test "$$(cat $@ 2>/dev/null || pwd)" = "$$(pwd)" && $(BIN)/python -m pip --version >/dev/null 2>&1 \
	  || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing into $(VENV)" >&2
	@rm -f $@
	@sed -n '/^setuptools==/,/[^\\]$$/p' requirements.lock > $(VENV)/setuptools.lock
	$(PIP) install --require-hashes -r $(VENV)/setuptools.lock
	$(PIP) install --require-hashes --no-build-isolation --use-pep517 -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@pwd > $@

$(CLUSTER): $(STAMP) requirements-cluster.lock
	@echo "Installing the cluster engine into $(VENV)" >&2
	@rm -f $@
	$(PIP) install --require-hashes --no-build-isolation -r requirements-cluster.lock
	@touch $@

$(EXTRAS): $(STAMP) requirements-extras.lock
	@echo "Installing notebooks, exports, tests and the cluster engine into $(VENV)" >&2
	@rm -f $@
	$(PIP) install --require-hashes --no-build-isolation -r requirements-extras.lock
	@touch $@

# No host and no folder of this machine goes into the lock.
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" --quiet
lock: setup
	$(PIP) install uv==$(UV_VERSION)
	$(BIN)/$(COMPILE) --extra build --output-file requirements.lock
	$(BIN)/$(COMPILE) --extra build --extra cluster --constraint requirements.lock --output-file requirements-cluster.lock
	$(BIN)/$(COMPILE) --all-extras --constraint requirements-cluster.lock --output-file requirements-extras.lock

# What one new page costs among 10,000: a quarter of an hour.
bench-incremental: setup
	$(BIN)/python -m benchmarks.incremental

# The builder beside other people's readers, which go into an environment of their own: twenty minutes.
bench-peers: setup $(PEERS)/.installed
	$(BIN)/python -m benchmarks.peers

$(PEERS)/.installed: benchmarks/peers-requirements.txt
	@echo "Installing what is measured beside the builder into $(PEERS)" >&2
	$(PYTHON) -m venv --clear $(PEERS)
	@grep -E '^(setuptools|wheel)==' $< > $(PEERS)/first.txt
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install -r $(PEERS)/first.txt
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --no-build-isolation -r $<
	@touch $@

# Memory, time and size at 1,000, 10,000 and 100,000 generated pages: an hour on an idle machine.
bench-scaling: setup
	$(BIN)/python -m benchmarks.scaling

clean:
	rm -rf $(VENV) $(PEERS) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
