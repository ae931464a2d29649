"""LibSVM rows in, a model that says who converts out, its threshold chosen by what wrong answers cost.

### What it does

Waits for two LibSVM files on S3, cleans them with a Glue job that agrees on the number of features over both and
counts test rows that are training rows as well, checks the rows, fits a logistic regression on the sparse vectors on
an EMR cluster, chooses the probability from which it says yes by the costs of the spec on rows it did not learn from,
judges it on the test rows beside its champion and the majority class, and promotes it if it passes its gate. The
cluster ends whatever happens.

### Where the outputs are

Everything of a run lies below `<root>/runs/conversion_model/<run>/`; the tab *Report* of the run in Airflow shows it.

| what | where |
|---|---|
| clean table, also in the Glue Data Catalog | `clean/examples` |
| how many test rows are in the training rows too | `report/data.json`: `repeats` |
| rows that may be learnt from, and those that broke an expectation | `checked/examples`, `checked/quarantine` |
| the model: a whole pipeline with its threshold | `model/conversion_model` |
| how it was fitted, judged, and why it was promoted or not | `metrics/conversion_model/` |
| the report | `report/index.html`, `report/run.json` |

### When it fails

The failed task's log names the cause; fix it and clear the task. Values are in `specs/conversion_model.yaml`.
"""

from workflow.learner.etl import LABELLED_ROWS
from workflow.learner.flow import LearnerFlow
from workflow.learner.tasks import learn

flow = LearnerFlow.load(__file__, etl=LABELLED_ROWS)

with flow.dag(__doc__) as dag:
    learn(flow)
