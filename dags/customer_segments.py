"""Ratings in, groups of customers out: k-means over how each user rates and what.

### What it does

Waits for MovieLens ratings and movies on S3, cleans them with a Glue job that also describes each user in a row (how
many ratings, how high, how spread, how old the films, which genres), checks those rows, finds groups of similar users
by k-means on an EMR cluster, the number of groups chosen by the silhouette on rows that the fit did not see, judges
it on held-out users beside its champion, and promotes it if it passes its gate. The cluster ends whatever happens.
The report shows the size of each group and what it is like.

### Where the outputs are

Everything of a run lies below `<root>/runs/customer_segments/<run>/`; the tab *Report* of the run in Airflow shows it.

| what | where |
|---|---|
| clean tables, also in the Glue Data Catalog | `clean/ratings`, `clean/movies`, `clean/viewers` |
| rows that may be learnt from, and those that broke an expectation | `checked/viewers`, `checked/quarantine` |
| the model: a whole pipeline | `model/customer_segments` |
| how it was fitted, judged, and why it was promoted or not | `metrics/customer_segments/` |
| the report | `report/index.html`, `report/run.json` |

### When it fails

The failed task's log names the cause; fix it and clear the task. Values are in `specs/customer_segments.yaml`.
"""

from workflow.learner.etl import VIEWING
from workflow.learner.flow import LearnerFlow
from workflow.learner.tasks import learn

flow = LearnerFlow.load(__file__, etl=VIEWING)

with flow.dag(__doc__) as dag:
    learn(flow)
