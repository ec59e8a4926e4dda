# A person, the hook and CI call these targets.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
CUSTOMERS ?= 5000
WORKSPACE ?= .
PEERS ?=
QUALITY ?=

.PHONY: demo up test check bench bench-scoring bench-scale bench-quality bench-monitoring format install lock hook clean

demo: install # live through a year of the demo company in state/demo
	$(BIN)/churn demo --customers $(CUSTOMERS)

up: install # start Prefect, MLflow, Evidently and the API, until Ctrl-C
	$(BIN)/churn -C $(WORKSPACE) up

test: check # everything that CI checks
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

check: install # lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: install # the server beside an empty endpoint and mlflow models serve; ten minutes
	$(BIN)/python -m bench.serving

bench-scoring: install # batch scoring beside scikit-learn on pandas and bare reading and writing; ten minutes
	$(BIN)/python -m bench.scoring

bench-scale: install # snapshots, training, scoring and the drift verdict from ten thousand to ten million rows; twenty minutes
	$(BIN)/python -m bench.scale

bench-quality: install .venv-peers/installed $(PEERS:%=.venv-%/installed) # the model beside other learners; two hours
	$(BIN)/python -m bench.quality $(QUALITY) --peers lightgbm catboost ebm $(PEERS)

.venv-%/installed: bench/%.txt # other learners live apart from the project
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

bench-monitoring: install # the policy of params.yaml in simulated worlds, and a window of a million rows; twenty minutes
	$(BIN)/python -m bench.monitoring
	$(BIN)/python -m bench.monitoring.large

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: .venv/installed # make .venv from the hashed lock

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "churn needs Python 3.11 or newer; call make PYTHON=python3.11")'
	@echo "installing into .venv (a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

lock: # write requirements.lock anew from pyproject.toml
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv
	.venv-lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra postgres --extra shared --extra dask --extra otel --extra dev --quiet pyproject.toml --output-file requirements.lock
	rm -rf .venv-lock

hook: # check before each commit
	printf '#!/bin/sh\nexec make check\n' > .git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit

clean:
	rm -rf artifacts state .venv .venv-peers .venv-autogluon
