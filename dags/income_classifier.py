"""Census rows in, a model of who earns more than 50,000 dollars a year out: clean, check, train, judge, promote.

### What it does

Waits for UCI Adult (train and official test set) on S3, cleans it with a Glue job (headers, blanks, `?`, trailing
full stops), holds it to the expectations of the spec and compares it with what the champion was trained on, then fits
a single decision tree over all countries, a random forest and boosted trees side by side on an EMR cluster. Each is
judged on the official test set beside its champion and the majority class, with bootstrap intervals, by sex and by
race, and promoted in the model registry if it passes its gate. The cluster ends whatever happens.

### Where the outputs are

Everything of a run lies below `<root>/runs/income_classifier/<run>/`; the tab *Report* of the run in Airflow shows it.

| what | where |
|---|---|
| clean table, also in the Glue Data Catalog | `clean/adult` |
| rows that may be learnt from, and those that broke an expectation | `checked/adult`, `checked/quarantine` |
| models: whole pipelines | `model/<model>` |
| how a model was fitted, judged, and why it was promoted or not | `metrics/<model>/` |
| the report | `report/index.html`, `report/run.json` |

### When it fails

The failed task's log names the cause; fix it and clear the task. Values are in `specs/income_classifier.yaml`.
"""

from workflow.learner.etl import CENSUS
from workflow.learner.flow import LearnerFlow
from workflow.learner.tasks import learn

flow = LearnerFlow.load(__file__, etl=CENSUS)

with flow.dag(__doc__) as dag:
    learn(flow)
