# Doors of the house. Each sets up what it needs; a newcomer needs Python 3.11 and make, nothing else.
SHELL := /bin/bash
PY ?= python3.11
PYTHON := .venv/bin/python
PORT ?= 8000
STAMP := .venv/.ready
DEV_STAMP := .venv/.ready-dev
JOBS ?= 2

.PHONY: run setup test test-postgres test-browser check bench clean lint vendor

$(STAMP): requirements.txt
	@command -v $(PY) >/dev/null 2>&1 && P=$(PY) || P=python3; \
	 echo "· 准备 Python 环境（只有第一次）"; \
	 [ -x $(PYTHON) ] || $$P -m venv .venv; \
	 $(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.txt
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: $(STAMP)

run: $(STAMP)
	@PORT=$(PORT) exec $(PYTHON) manage.py serve

test: $(DEV_STAMP)
	@echo "== suite on SQLite =="
	@env -u DATABASE_URL -u REDIS_URL HONGYUN_TESTING=1 $(PYTHON) -m pytest -n $(JOBS) -m "not browser"

test-postgres: $(DEV_STAMP)
	@: $${DATABASE_URL:=postgres://postgres@127.0.0.1:5432/postgres} $${REDIS_URL:=redis://127.0.0.1:6379/9}; \
	 echo "== suite on PostgreSQL + Redis =="; \
	 DATABASE_URL=$$DATABASE_URL REDIS_URL=$$REDIS_URL HONGYUN_TESTING=1 $(PYTHON) -m pytest -n $(JOBS) -m "not browser"

test-browser: $(DEV_STAMP)
	@echo "== pages in Chromium (SQLite) =="
	@env -u DATABASE_URL -u REDIS_URL HONGYUN_TESTING=1 $(PYTHON) -m pytest -m browser tests/browser

lint: $(DEV_STAMP)
	@$(PYTHON) -m ruff check .
	@PATH=.venv/bin:$$PATH lint-imports
	@$(PYTHON) -m bandit -q -ll -r accounts appeals branches care common dashboards hongyun members notices stations -c pyproject.toml
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) manage.py spectacular --validate --fail-on-warn --file /dev/null

check:
	@bash .ci/run

bench: $(STAMP)
	@$(PYTHON) manage.py bench

clean:
	rm -rf .venv var

# Front-end files that pages and tests use, at their pinned versions from the npm registry.
vendor:
	@bash static/vendor/refresh.sh
	@bash tests/vendor/refresh.sh
