SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
export HOST ?= 127.0.0.1
export PORT ?= 8000
export DATA_DIR ?= data

STAMPS := .tools
BACKEND_STAMP := $(STAMPS)/backend
DEV_STAMP := $(STAMPS)/backend-dev
EXIF_STAMP := $(STAMPS)/exiftool
FRONT_STAMP := $(STAMPS)/front
DIST := front/dist/index.html

.PHONY: help
help: ## Show this
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk 'BEGIN {FS = ":.*## "}; {printf "  make %-14s %s\n", $$1, $$2}'

# --- Use it

.PHONY: run
run: $(BACKEND_STAMP) $(EXIF_STAMP) $(DIST) ## Set up what is missing and serve the gallery (HOST, PORT, DATA_DIR)
	@exec $(BIN)/gallery serve

.PHONY: demo
demo: $(BACKEND_STAMP) ## Fill the operator's personal space with photos made by the gallery itself
	@$(BIN)/gallery demo

# --- Set-up, each step once

$(VENV)/bin/python:
	@echo "==> Making a virtual environment"
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	@$(PYTHON) -m venv $(VENV)

$(BACKEND_STAMP): backend/requirements-run.txt backend/pyproject.toml | $(VENV)/bin/python
	@echo "==> Installing the backend (about a minute the first time)"
	@$(BIN)/pip install --disable-pip-version-check --quiet --progress-bar on --require-hashes -r backend/requirements-run.txt
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --editable backend
	@mkdir -p $(STAMPS) && touch $@

$(DEV_STAMP): backend/requirements-dev.txt $(BACKEND_STAMP)
	@echo "==> Installing the tools for tests"
	@$(BIN)/pip install --disable-pip-version-check --quiet --progress-bar on --require-hashes -r backend/requirements-dev.txt
	@mkdir -p $(STAMPS) && touch $@

$(EXIF_STAMP): backend/package-lock.json
	@echo "==> Fetching ExifTool"
	@npm ci --prefix backend --loglevel=error --no-audit --no-fund
	@mkdir -p $(STAMPS) && touch $@

$(FRONT_STAMP): front/package-lock.json
	@echo "==> Installing the web application's parts"
	@PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix front --loglevel=error --no-audit --no-fund
	@mkdir -p $(STAMPS) && touch $@

$(DIST): $(FRONT_STAMP) $(shell find front/src front/public front/index.html front/*.ts -type f 2>/dev/null)
	@echo "==> Building the web application"
	@npm run --prefix front --silent build
	@touch $@

.PHONY: setup
setup: $(DEV_STAMP) $(EXIF_STAMP) $(FRONT_STAMP) ## Set up everything for development

.PHONY: browser
browser: $(FRONT_STAMP)
	@tools/browser.sh > $(STAMPS)/chromium

# --- Check it

.PHONY: test
test: setup browser $(DIST) check size test-backend test-front test-e2e ## Everything: set-up, checks, all tests

.PHONY: check
check: setup ## Format, lint, types, layers, freshness of generated files
	$(BIN)/ruff format --check --config backend/pyproject.toml backend tools bench
	$(BIN)/ruff check --config backend/pyproject.toml backend tools bench
	cd backend && ../$(BIN)/mypy
	cd backend && ../$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/schema.py --check
	$(BIN)/python tools/openapi.py --check
	npm run --prefix front --silent api -- --check
	npm run --prefix front --silent lint
	npm run --prefix front --silent types

.PHONY: size
size: $(DIST)
	npm run --prefix front --silent size

.PHONY: test-backend
test-backend: setup ## The backend's tests
	cd backend && ../$(BIN)/pytest -n 2

.PHONY: test-front
test-front: setup ## The web application's unit tests
	npm run --prefix front --silent test

.PHONY: test-e2e
test-e2e: setup browser $(DIST) ## The web application in a real browser
	CHROMIUM_PATH="$$(cat $(STAMPS)/chromium)" npm run --prefix front --silent e2e

.PHONY: bench
bench: setup browser $(DIST) ## Measure; prints a table and writes bench/.out/bench.json
	CHROMIUM_PATH="$$(cat $(STAMPS)/chromium)" $(BIN)/python bench/run.py $(BENCH)

.PHONY: docker-check
docker-check: ## Build and run the Docker stack and check it, where an engine answers (CHECK="--only stack,tls", "--skip tests")
	@python3 -m tools.docker_check $(CHECK)

.PHONY: audit
audit: ## Ask the public advisories about every locked dependency (needs pip-audit)
	@tools/audit.sh

.PHONY: drill
drill: ## Back up a gallery and restore it into an empty house, where a Docker engine answers
	@python3 -m tools.docker_check --only drill

# --- Keep it

.PHONY: env
env: ## Write .env with strong secrets, unless there is one
	@tools/make_env.sh

.PHONY: secrets
secrets: ## Move the secrets of .env into files, for deploy/secrets
	@tools/make_secrets.sh

.PHONY: lock
lock: ## Resolve the backend's dependencies anew, with hashes
	cd backend && for part in ":" "run:--extra embedded" "dev:--extra embedded --group dev"; do \
		name=$${part%%:*}; ../$(BIN)/uv pip compile pyproject.toml $${part#*:} --generate-hashes --no-header --no-annotate \
		--quiet $${name:+-c requirements.txt} -o requirements$${name:+-$$name}.txt; done

.PHONY: schema
schema: $(DEV_STAMP) ## Write backend/database.sql from the migrations
	$(BIN)/python tools/schema.py

.PHONY: api
api: $(DEV_STAMP) $(FRONT_STAMP) ## Write the API's description and the front end's types
	$(BIN)/python tools/openapi.py
	npm run --prefix front --silent api

.PHONY: format
format: setup ## Format everything
	$(BIN)/ruff format --config backend/pyproject.toml backend tools bench
	$(BIN)/ruff check --fix --config backend/pyproject.toml backend tools bench
	npm run --prefix front --silent format

.PHONY: clean
clean: ## Remove what was built or installed; the photos under DATA_DIR stay
	rm -rf $(VENV) $(STAMPS) front/node_modules front/dist backend/node_modules
