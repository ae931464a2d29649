"""EMR operators whose values may end in `.json`.

The provider's operators (9.39.0) take every templated string with that ending for the name of a template file, in
nested lists too, so that a step with `--report_uri=s3://.../training.json` fails with TemplateNotFound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator, EmrCreateJobFlowOperator

if TYPE_CHECKING:
    from collections.abc import Sequence


class EmrStepOperator(EmrAddStepsOperator):
    """EmrAddStepsOperator that renders its steps and opens no files."""

    template_ext: Sequence[str] = ()


class EmrClusterOperator(EmrCreateJobFlowOperator):
    """EmrCreateJobFlowOperator that renders its request and opens no files."""

    template_ext: Sequence[str] = ()
