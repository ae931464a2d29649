# What you can do with Penstock; `make` alone lists it. Every environment is made when first needed and kept until its
# lock file changes.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:
.NOTPARALLEL:

PYTHON ?=
VENV ?= .venv
UV := $(VENV)/uv/bin/uv
LOCAL := $(VENV)/local/bin
SPARK := $(VENV)/spark/bin
AIRFLOW := $(VENV)/airflow/bin
CLIENTS := $(VENV)/clients/bin
BROWSER := $(VENV)/browser/bin
INFRA := $(VENV)/infra/bin
MWAA := $(VENV)/mwaa/bin
PREDICT := $(VENV)/predict/bin
SERVING := $(VENV)/serving/bin
DOCS := $(VENV)/docs/bin
LINT := $(VENV)/lint/bin
ENVIRONMENTS := airflow spark local predict serving clients browser mrjob infra mwaa docs lint audit
STAMPS := $(ENVIRONMENTS:%=$(VENV)/%/.installed)
STACK := $(VENV)/airflow/.installed $(VENV)/spark/.installed $(VENV)/local/.installed
# Tests of independent files side by side. Each worker of the Spark tier holds a Java of its own, about 1 GB.
WORKERS ?= 2
SERVING_WORKERS ?= 2
PARALLEL := -n $(WORKERS) --dist loadfile
# AWS's policy evaluation, for tests: a package of Node.js, which .venv/infra has.
SIMULATOR := tests/infra/simulator/node_modules/.package-lock.json
# Draws the diagrams of the documentation in the reader's browser: a package of Node.js, which .venv/docs has.
DIAGRAMS := docs/diagrams/node_modules/.package-lock.json
# Both sides in one run, each written into its section of docs/benchmarks.md.
BENCHES := startup score evaluate catalogue train trees adult predict scaling capacity serve
FOLDERS := environments penstock tools local_aws spark_jobs glue_scripts models serving dags plugins infra containers tests benchmarks notebooks

export PENSTOCK_LOCAL_PYTHON ?= $(abspath $(LOCAL)/python)
export PENSTOCK_AIRFLOW_PYTHON ?= $(abspath $(AIRFLOW)/python)
export PENSTOCK_SPARK_PYTHON ?= $(abspath $(SPARK)/python)
export PENSTOCK_SERVING_PYTHON ?= $(abspath $(SERVING)/python)
export PYTHONNOUSERSITE := 1
# The user's shell must not change what runs here.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS PYTHONSAFEPATH VIRTUAL_ENV CONDA_PREFIX \
	SPARK_HOME SPARK_CONF_DIR HADOOP_CONF_DIR PYSPARK_PYTHON PYSPARK_DRIVER_PYTHON JAVA_HOME JAVA_TOOL_OPTIONS \
	AIRFLOW_HOME MLFLOW_TRACKING_URI PYTEST_ADDOPTS UV_PYTHON UV_PROJECT_ENVIRONMENT

##@ Run

demo: $(STACK) ## Run the whole workflow on this machine, follow it live and show what it found
	@$(LOCAL)/python -m tools demo $(if $(USER_ID),--user "$(USER_ID)")

run: $(if $(WORKFLOW),$(STACK),$(VENV)/local/.installed) ## Run one workflow with its data: WORKFLOW=income_classifier, SET="gate_mode=approval"; alone, list them
	@$(LOCAL)/python -m tools run $(if $(WORKFLOW),"$(WORKFLOW)") $(foreach each,$(SET),--set "$(each)")

models: $(VENV)/predict/.installed ## List the models that batch_prediction may ask: NAME=iris_model describes one
	@$(PREDICT)/python -m models $(if $(NAME),describe "$(NAME)",list)

up: $(STACK) ## Start the local stack: S3, EMR, Glue, MLflow and Airflow
	@$(LOCAL)/python -m tools up

down: $(VENV)/local/.installed ## Stop the local stack and every process it started
	@$(LOCAL)/python -m tools down

status: $(VENV)/local/.installed ## Show which servers run, where, and how to log in
	@$(LOCAL)/python -m tools status

serve: $(VENV)/serving/.installed $(VENV)/local/.installed ## Serve the stack's champion over HTTP, with its page; BUNDLE=folder or s3://... serves another one
	@exec $(if $(BUNDLE),$(SERVING)/python -m serving serve --workers $(SERVING_WORKERS) --bundle "$(BUNDLE)",$(LOCAL)/python -m tools serve)

summary: $(VENV)/local/.installed ## Show the summary of the last demo again
	@$(LOCAL)/python -m tools summary

capacity: $(VENV)/local/.installed ## Nodes, hours and dollars for a size: RATINGS=1e9 USERS=1e7 ITEMS=1e6 ARGS="--rank 64"
	@$(LOCAL)/python -m tools capacity $(if $(RATINGS),--ratings $(RATINGS)) $(if $(USERS),--users $(USERS)) $(if $(ITEMS),--items $(ITEMS)) $(if $(RATINGS),,--help) $(ARGS)

logs: ## Follow what the servers of the stack print
	@tail -n 20 -F "$${PENSTOCK_HOME:-.penstock}"/logs/*.log

package: $(VENV)/local/.installed ## Write what MWAA and Lambda are given to build/package; ARGS="--help"
	@$(LOCAL)/python -m tools package $(ARGS)

local-aws: $(VENV)/spark/.installed $(VENV)/local/.installed ## Start the local AWS alone, in the foreground
	@exec $(LOCAL)/python -m tools local-aws

##@ Deploy

deploy: $(VENV)/local/.installed ## Bring an environment on AWS to this checkout: ENV=dev; YES=1 asks nothing
	@$(LOCAL)/python -m tools deploy apply "$(ENV)" $(if $(YES),--yes)

deploy-plan: $(VENV)/local/.installed ## Show what a deployment would change, and change nothing: ENV=dev
	@$(LOCAL)/python -m tools deploy plan "$(ENV)"

promote: $(VENV)/local/.installed ## Bring an environment to the release that the one before it runs: ENV=staging
	@$(LOCAL)/python -m tools deploy promote "$(ENV)" $(if $(YES),--yes)

rollback: $(VENV)/local/.installed ## Bring an environment back to a former release: ENV=dev SHA=4f1c
	@$(LOCAL)/python -m tools deploy rollback "$(ENV)" "$(SHA)" $(if $(YES),--yes)

deploy-status: $(VENV)/local/.installed ## Show an environment's stacks, and who has deployed what and when: ENV=dev
	@$(LOCAL)/python -m tools deploy status "$(ENV)"

destroy: $(VENV)/local/.installed ## Delete every stack of an environment whose buckets are empty: ENV=dev
	@$(LOCAL)/python -m tools deploy destroy "$(ENV)"

spark-environment: $(VENV)/local/.installed ## Pack NumPy, pandas, PyArrow and your own wheels for Spark on EMR: ARCHITECTURE=ARM64, WHEELS=folder, FORM=interpreter, UPLOAD=s3://bucket
	@$(LOCAL)/python -m tools spark-environment $(if $(FORM),--form $(FORM)) $(if $(ARCHITECTURE),--architecture $(ARCHITECTURE)) \
		$(if $(WHEELS),--wheels "$(WHEELS)") $(if $(INTERPRETER),--interpreter "$(INTERPRETER)") $(if $(UPLOAD),--upload "$(UPLOAD)")

##@ Test

test: test-unit lint test-spark test-models test-serving test-emulator test-dags test-faults-quick test-system ## Run the tests, fastest first

test-all: test test-workflows test-kills test-clients test-infra test-browser test-page test-mwaa test-packaging test-compose test-docs ## Run the slow tiers too: those of every workflow, other clients, packages, containers, CloudFormation, the documentation and a browser

test-unit: $(STACK) ## Contract, boundaries, tools and the benchmarks' harness: seconds, no network
	@$(LOCAL)/python -m pytest -q tests/penstock tests/boundaries tests/tools tests/benchmarks tests/containers/test_file.py tests/docs \
		--ignore=tests/docs/walks

test-spark: $(VENV)/spark/.installed ## Spark jobs, Glue scripts and the notebook on a local Spark
	@$(SPARK)/python -m pytest -q $(PARALLEL) tests/spark_jobs tests/glue_scripts tests/notebooks

test-kills: $(VENV)/spark/.installed ## Count a stream whose driver is killed 20 times
	@PENSTOCK_KILLS=20 $(SPARK)/python -m pytest -q -s tests/spark_jobs/test_stream_kill.py

test-models: $(VENV)/predict/.installed ## Models for batch prediction: their interfaces, their command line
	@$(PREDICT)/python -m pytest -q tests/models

test-serving: $(VENV)/serving/.installed $(VENV)/local/.installed ## The real-time service: bundles, ranking, HTTP, security, reloads
	@$(SERVING)/python -m pytest -q tests/serving

test-emulator: $(VENV)/spark/.installed $(VENV)/local/.installed ## The local AWS, through boto3
	@$(LOCAL)/python -m pytest -q $(PARALLEL) tests/local_aws

test-clients: $(STACK) $(VENV)/clients/.installed ## The local AWS, through the AWS CLI, awswrangler and the Amazon provider
	@$(CLIENTS)/python -m pytest -q tests/clients --ignore=tests/clients/provider
	@$(AIRFLOW)/python -m pytest -q tests/clients/provider

test-dags: $(STACK) ## The DAGs: parsing, shape, rendered arguments
	@$(AIRFLOW)/python -m pytest -q $(PARALLEL) tests/dags tests/plugins

test-mwaa: $(STACK) $(VENV)/mwaa/.installed $(VENV)/serving/.installed ## What make package writes, and the DAGs' tests from it on the packages of MWAA's image
	@$(LOCAL)/python -m tools package
	@$(LOCAL)/python -m pytest -q tests/package
	@$(LOCAL)/python -m tests.package.rehearsal build/package build/mwaa
	@cd build/mwaa && $(abspath $(MWAA))/python -m pytest -q $(PARALLEL) tests/dags tests/plugins

test-faults-quick: $(STACK) ## Four faults on a real Airflow, and what the provider's operators do under them
	@$(LOCAL)/python -m pytest -q tests/faults/test_quick.py
	@$(AIRFLOW)/python -m pytest -q tests/faults/pitfalls/test_emr.py tests/faults/pitfalls/test_glue.py

test-faults: $(STACK) ## Every fault, over Penstock's and the provider's operators; writes docs/faults.md
	@PENSTOCK_FAULTS_RECORD=$(abspath $(LOCAL)/../faults.json) $(LOCAL)/python -m pytest -q tests/faults/test_matrix.py
	@$(LOCAL)/python -m tests.faults.harness.document $(LOCAL)/../faults.json docs/faults.md
	@$(AIRFLOW)/python -m pytest -q tests/faults/pitfalls/test_standalone.py

test-system: $(STACK) ## The demo as a user starts it, and what it leaves behind
	@$(LOCAL)/python -m pytest -q tests/system/test_demo.py

test-workflows: $(STACK) ## The other workflows as a user runs them, and what an interrupted stack leaves behind
	@$(LOCAL)/python -m pytest -q tests/system --ignore=tests/system/test_demo.py

test-infra: $(VENV)/local/.installed $(SIMULATOR) ## The CloudFormation templates: linters, what each role may do, stacks on the local AWS; the compose file's schema
	@$(INFRA)/python -m pytest -q tests/infra

test-packaging: $(VENV)/spark/.installed $(VENV)/local/.installed ## The Spark environment: built twice, then run where Spark has no packages of its own
	@$(LOCAL)/python -m pytest -q tests/packaging

record-calls: $(STACK) $(VENV)/serving/.installed ## Record which calls the workflows make of AWS, on the local AWS, for tests/infra; CHECK=1 compares; slow
	@$(LOCAL)/python -m tools record-calls $(if $(CHECK),--check) $(foreach each,$(WORKFLOW),--only "$(each)")

test-browser: $(STACK) $(VENV)/browser/.installed ## Airflow's UI in a Chromium that is on this machine
	@$(BROWSER)/python -m pytest -q tests/browser --ignore=tests/browser/serving

test-page: $(VENV)/serving/.installed $(VENV)/browser/.installed ## The service's page in a Chromium that is on this machine
	@$(BROWSER)/python -m pytest -q tests/browser/serving

test-compose: $(STACK) $(VENV)/serving/.installed ## docker-compose.yaml: every service as a process of this machine, then the demo on them
	@$(LOCAL)/python -m pytest -q tests/containers

test-docs: $(STACK) $(VENV)/serving/.installed $(VENV)/predict/.installed $(VENV)/clients/.installed docs ## The commands of the documentation that need a stack, run as they are written
	@$(LOCAL)/python -m pytest -q tests/docs/walks

bench: bench-quality bench-local-aws $(BENCHES:%=bench-%) ## Every benchmark, for hours; writes docs/benchmarks.md. One: make bench-score ARGS="--help"

bench-quality: $(STACK) ## The quality of the shipped models on MovieLens
	@$(LOCAL)/python -m tools bench

bench-local-aws: $(STACK) ## How quick the local AWS is
	@PYTHONPATH=. $(LOCAL)/python benchmarks/local_aws.py

$(BENCHES:%=bench-%): bench-%: $(STACK)
	@$(LOCAL)/python benchmarks/$*.py $(ARGS)

bench-predict bench-capacity: $(VENV)/predict/.installed $(VENV)/mrjob/.installed

bench-serve: $(VENV)/serving/.installed

##@ Code

lint: ruff mypy imports spelling shell ## Every static check

ruff: $(VENV)/lint/.installed ## Style and format
	@$(LINT)/ruff check --quiet .
	@$(LINT)/ruff format --quiet --check .

lint-infra: $(VENV)/infra/.installed ## CloudFormation, by cfn-lint and checkov; the workflows of GitHub Actions, by zizmor
	@$(INFRA)/python -m pytest -q tests/infra/test_linters.py

docs: $(VENV)/docs/.installed $(DIAGRAMS) ## Make the documentation's site in build/docs; a warning is an error
	@$(DOCS)/sphinx-build --quiet --fail-on-warning --keep-going --builder html --doctree-dir build/doctrees docs build/docs
	@echo "build/docs/index.html"

docs-serve: docs ## Show the site on http://127.0.0.1:8490
	@exec $(DOCS)/python -m http.server --bind 127.0.0.1 --directory build/docs 8490

reference: $(STACK) $(VENV)/serving/.installed $(VENV)/predict/.installed ## Write the reference pages of the documentation anew, from the code
	@$(LOCAL)/python -m tools.docs
	@PYTHONPATH=dags $(AIRFLOW)/python -m workflow.reference >docs/reference/specs.md

mypy: $(filter-out $(patsubst %,$(VENV)/%/.installed,audit docs infra browser mrjob clients mwaa),$(STAMPS)) ## Types, each folder against the packages of the environment that runs it
	@$(LINT)/mypy --no-error-summary --python-executable $(LOCAL)/python penstock
	@$(LINT)/mypy --no-error-summary --python-executable $(LOCAL)/python tools
	@$(LINT)/mypy --no-error-summary --python-executable $(LOCAL)/python local_aws
	@$(LINT)/mypy --no-error-summary --python-executable $(LOCAL)/python benchmarks/harness
	@MYPYPATH=local_aws/glue/shim $(LINT)/mypy --no-error-summary --python-executable $(SPARK)/python -p awsglue
	@$(LINT)/mypy --no-error-summary --python-executable $(SPARK)/python spark_jobs glue_scripts
	@$(LINT)/mypy --no-error-summary --python-executable $(PREDICT)/python models
	@$(LINT)/mypy --no-error-summary --python-executable $(SERVING)/python serving
	@$(LINT)/mypy --no-error-summary --python-executable $(AIRFLOW)/python dags plugins

imports: $(VENV)/lint/.installed ## Who may import whom
	@PYTHONPATH=.:dags:plugins $(LINT)/lint-imports --no-cache >$(VENV)/lint/imports.log || { cat $(VENV)/lint/imports.log; exit 1; }

spelling: $(VENV)/lint/.installed ## Words
	@$(LINT)/codespell $(wildcard $(FOLDERS) docs *.md Makefile)

shell: $(VENV)/lint/.installed ## Shell scripts
	@$(LINT)/shellcheck bootstrap/*.sh tools/*.sh

format: $(VENV)/lint/.installed ## Format the code and mend what can be mended
	@$(LINT)/ruff check --fix .
	@$(LINT)/ruff format .

lock: $(UV) ## Resolve requirements/*.in into lock files with hashes, for every supported Python
	@cd requirements && for each in uv airflow spark cluster models predict serving mrjob local clients browser infra docs lint audit; do echo "$$each.txt"; \
		$(abspath $(UV)) pip compile --quiet --universal --python-version 3.11 --generate-hashes $$each.in -o $$each.txt \
		|| exit 1; done
	@cd requirements && for each in "x86_64 mwaa_image" "x86_64 mwaa_added" "x86_64 mwaa" "aarch64 lambda"; do set -- $$each; echo "$$2.txt"; \
		$(abspath $(UV)) pip compile --quiet --python-version 3.12 --python-platform $$1-manylinux_2_28 --generate-hashes $$2.in -o $$2.txt \
		|| exit 1; done

audit: $(VENV)/local/.installed $(VENV)/audit/.installed ## Ask PyPI for known vulnerabilities of every locked package; ARGS="--service osv" asks OSV
	@$(LOCAL)/python -m tools.supply audit --venv $(VENV) $(ARGS)

sbom: $(STAMPS) ## Write a CycloneDX document for each environment into build/sbom
	@$(LOCAL)/python -m tools.supply sbom --venv $(VENV)

licences: $(STAMPS) ## Write docs/licences.md; after a change of a lock file
	@$(LOCAL)/python -m tools.supply licences --venv $(VENV)

clean: ## Stop the stack, then delete environments, state and caches
	@if [ -f "$(VENV)/local/.installed" ]; then "$(LOCAL)/python" -m tools clean; fi
	rm -rf $(ENVIRONMENTS:%="$(VENV)/%") "$(VENV)/uv" build tests/infra/simulator/node_modules docs/diagrams/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@if [ -d "$(VENV)" ]; then rmdir "$(VENV)" || echo "Kept $(VENV): it holds more than Penstock put there."; fi

help: ## Show this
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

##@ Environments

environments: $(STAMPS) ## Make every environment now

$(VENV)/uv/.installed: requirements/uv.txt tools/find_python.sh
	@rm -f $@
	@python=$$(sh tools/find_python.sh "$(PYTHON)") || exit 2; \
	echo "Setting up with $$python"; \
	"$$python" -I -m venv --clear $(VENV)/uv || exit 1; \
	$(VENV)/uv/bin/python -I -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(UV): $(VENV)/uv/.installed ;

# MWAA's image has this Python and no other; uv finds it on the machine or fetches it.
$(VENV)/mwaa/.installed: ENVIRONMENT_PYTHON := 3.12
$(STAMPS): ENVIRONMENT_PYTHON ?= $(VENV)/uv/bin/python

$(STAMPS): $(VENV)/%/.installed: requirements/%.txt $(VENV)/uv/.installed
	@rm -f $@
	@echo "Installing $(VENV)/$* ($$(grep -c '^[a-z0-9A-Z]' $<) packages of $<, verified by hash)"
	@$(UV) venv --quiet --clear --no-project --python $(ENVIRONMENT_PYTHON) $(VENV)/$*
	@$(UV) pip sync $$([ -t 2 ] || echo --quiet) --compile-bytecode --require-hashes --python $(VENV)/$*/bin/python $<
	@touch $@

$(SIMULATOR): tests/infra/simulator/package-lock.json $(VENV)/infra/.installed
	@cd $(dir $<) && PATH="$(abspath $(INFRA)):$$PATH" npm ci --ignore-scripts --loglevel=error
	@touch $@

$(DIAGRAMS): docs/diagrams/package-lock.json $(VENV)/docs/.installed
	@cd $(dir $<) && PATH="$(abspath $(DOCS)):$$PATH" npm ci --ignore-scripts --loglevel=error
	@touch $@

.PHONY: demo run models up down status serve summary capacity logs package local-aws deploy deploy-plan promote rollback deploy-status destroy \
	spark-environment test test-all test-unit test-spark test-kills test-models test-serving test-emulator test-clients test-dags test-mwaa \
	test-faults-quick test-faults test-system test-workflows test-infra test-packaging record-calls test-browser test-page test-compose test-docs bench \
	bench-quality bench-local-aws lint ruff lint-infra docs docs-serve reference mypy imports spelling shell format lock audit sbom licences clean help \
	environments
.PHONY: $(BENCHES:%=bench-%)
