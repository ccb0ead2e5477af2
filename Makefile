# Everything a newcomer types: demo, test, check, run.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?= 1
PORT ?= 8000

.PHONY: demo run test test-long check format schemas lock sbom audit mutants package bench-interview bench-analysis bench-report clean

demo: $(VENV)/.installed
	$(BIN)/tolqyn demo $(if $(filter 0,$(SERVE)),--no-serve,--serve) --port $(PORT)

run: $(VENV)/.installed
	$(BIN)/tolqyn db upgrade
	$(BIN)/tolqyn serve --port $(PORT) --plain-http

test: $(VENV)/.installed-dev
	.ci/services $(BIN)/python -m pytest -n 2 --dist loadfile -m "not long" $(ARGS)

test-long: $(VENV)/.installed-dev
	.ci/services $(BIN)/python -m pytest -n 2 --dist loadgroup -m long $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy instruments survey analysis reports wsgi.py
	$(BIN)/lint-imports
	$(MAKE) test

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: $(VENV)/.installed
	mkdir -p instruments/schemas
	$(BIN)/tolqyn instrument schema > instruments/schemas/instrument.schema.json
	$(BIN)/tolqyn instrument schema --wording > instruments/schemas/wording.schema.json
	mkdir -p reports/schemas
	$(BIN)/tolqyn report schema > reports/schemas/report-specification.schema.json
	$(BIN)/tolqyn report schema --facts > reports/schemas/facts.schema.json

lock:
	uv pip compile setup.cfg --extra build --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock
	uv pip compile setup.cfg --extra build --extra dev --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.lock

package: $(VENV)/.installed
	rm -rf build/package build/lib build/bdist.*
	mkdir -p build/package
	SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)} $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w build/package .
	cp -r requirements.lock docs/guide/nginx.conf docs/guide/systemd build/package
	cd build/package && find . -type f | sort | xargs sha256sum > ../package.sha256
	mv build/package.sha256 build/package/SHA256SUMS

sbom:
	$(PYTHON) .ci/sbom requirements.lock build/sbom.cdx.json

audit: $(VENV)/.installed-dev
	$(BIN)/python .ci/audit requirements.lock $(if $(AUDIT_REQUIRED),,--may-skip)

mutants: $(VENV)/.installed-dev
	$(BIN)/python .ci/mutants $(ARGS)

bench-interview: $(VENV)/.installed-dev .bench/.installed
	.ci/services $(BIN)/python bench/interview/run.py --client .bench/bin/python $(ARGS)

bench-analysis: $(VENV)/.installed-dev .bench-svy/.installed
	$(BIN)/python bench/analysis/run.py --svy .bench-svy/bin/python $(ARGS)

bench-monitor: $(VENV)/.installed-dev
	$(BIN)/python bench/monitor/run.py $(or $(ARGS),1000000 sqlite)

bench-report: $(VENV)/.installed-dev
	$(BIN)/python bench/report/run.py $(ARGS)

.bench-svy/.installed:
	$(PYTHON) -m venv .bench-svy
	.bench-svy/bin/python -m pip install --quiet --disable-pip-version-check svy
	touch $@

.bench/.installed:
	$(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet --disable-pip-version-check aiohttp selectolax
	touch $@

$(VENV)/.installed: requirements.lock setup.cfg
	.ci/system-packages run
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock setup.cfg
	.ci/system-packages test
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(VENV)/.installed $@

clean:
	rm -rf $(VENV) .bench demo var build *.egg-info
