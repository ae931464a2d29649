"""One stack for all the faults that were chosen, and every outcome in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.harness.campaign import Campaign
from tests.faults.harness.stack import FaultStack

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD = "PENSTOCK_FAULTS_RECORD"
"""Names the file for the outcomes, if they are to be kept."""


@pytest.fixture(scope="session")
def campaign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    found = [each.callspec.params for each in request.session.items if isinstance(each, pytest.Function)]
    cases = [(each["fault"], each["variant"]) for each in found]
    stack = FaultStack(tmp_path_factory.mktemp("home"), tuple(dict.fromkeys(variant for _, variant in cases)))
    record = os.environ.get(RECORD)
    working = Campaign(stack, cases, Path(record) if record else None)
    try:
        stack.start()
        working.start()
        yield working
    finally:
        working.stop()
        stack.stop()
        working.join()
