"""COVERAGE.md: it is what the tables say, and the tables name real operations and all that is done here."""

import subprocess
import sys
from pathlib import Path

import pytest
from moto.core.utils import camelcase_to_underscores

from local_aws.coverage.document import document, level, operation_names
from local_aws.coverage.tables import all_coverage

FILE = Path(__file__).resolve().parents[2] / "local_aws" / "COVERAGE.md"
SERVICES = [coverage for coverage in all_coverage() if coverage.responses]


def test_the_file_is_what_the_tables_say():
    assert FILE.read_text() == document(), "write it anew: python -m local_aws coverage >local_aws/COVERAGE.md"
    argv = [sys.executable, "-m", "local_aws", "coverage"]
    done = subprocess.run(argv, cwd=FILE.parents[1], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == FILE.read_text()


@pytest.mark.parametrize("coverage", SERVICES, ids=lambda coverage: coverage.service)
def test_the_tables_name_operations_that_exist_and_are_answered(coverage):
    for operation in coverage.executed | coverage.emulated:
        assert operation in operation_names(coverage.service)
        assert callable(getattr(coverage.response_class(), camelcase_to_underscores(operation)))
    assert not coverage.executed.keys() & coverage.emulated.keys()


@pytest.mark.parametrize("coverage", SERVICES, ids=lambda coverage: coverage.service)
def test_every_operation_that_is_answered_here_is_in_a_table(coverage):
    classes = [item for item in coverage.response_class().__mro__ if item.__module__.startswith("local_aws")]
    ours = {name for item in classes for name in vars(item)}
    unnamed = {
        operation
        for operation in operation_names(coverage.service)
        if camelcase_to_underscores(operation) in ours and level(coverage, operation) == "moto"
    }
    assert unnamed == set()
