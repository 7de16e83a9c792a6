# Two commands matter: `make run` and `make test`. The rest is for working on it.
# What they do stands in scripts/; python3 is the system's, 3.11 or newer.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: run test quick check format lock messages demo-files screenshots bench bench-growth torture attack sbom audit clean

run:          ## the product with demo data: http://127.0.0.1:8000/ (PORT=… for another)
	@$(PYTHON) scripts/run.py

test:         ## every test, on SQLite and PostgreSQL, and in a browser
	@$(PYTHON) scripts/test.py

quick:        ## unit tests on SQLite
	@$(PYTHON) scripts/test.py quick

check:        ## style, types, templates, migrations, settings for production
	@$(PYTHON) scripts/check.py

format:       ## put Python code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:         ## write requirements/*.txt anew from pyproject.toml
	$(PYTHON) scripts/lock.py

messages:     ## collect the texts of the screens for translation, and compile them
	$(PYTHON) scripts/messages.py

demo-files:   ## ugly whitelist files to try the upload with, in var/demo-files/
	@$(PYTHON) scripts/environment.py run
	@$(BIN)/python manage.py demo_files

screenshots:  ## of a demo running at PORT, into docs/screenshots/
	@$(PYTHON) scripts/environment.py dev
	@$(BIN)/python scripts/screenshots.py

bench:        ## our server beside PostGIS and others, in one table: SIZE=250000 ENGINE=both
	@$(PYTHON) scripts/environment.py bench
	@.venv-bench/bin/python benchmarks/bench.py $(BENCH)

bench-growth: ## how our times grow with the customers: SIZES=250000,2000000,10000000
	@$(PYTHON) scripts/environment.py bench
	@.venv-bench/bin/python benchmarks/growth.py $(BENCH)

torture:      ## attack everything that is promised: TORTURE=short, TORTURE=audit,races
	@$(PYTHON) scripts/environment.py dev
	@$(BIN)/python benchmarks/torture/run.py

attack:       ## wapiti, sqlmap and schemathesis against a server of its own, as each role
	@$(PYTHON) scripts/environment.py attack
	@$(BIN)/python benchmarks/attacks/attack.py $(ATTACK)

sbom:         ## a bill of materials of what runs, CycloneDX, into var/sbom.cdx.json
	@$(PYTHON) scripts/supply.py sbom

audit:        ## known holes in what runs (needs a network)
	@$(PYTHON) scripts/supply.py audit

clean:        ## remove environment, database, keys and files: everything not in git
	rm -rf .venv .venv-attack .venv-bench .venv-audit var .pytest_cache .mypy_cache .ruff_cache .hypothesis
