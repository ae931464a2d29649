"""Ratings in, tastes out: LDA over the films that each user liked.

### What it does

Waits for MovieLens ratings and movies on S3, cleans them with a Glue job that also lists the titles each user liked,
checks those rows, finds topics by latent Dirichlet allocation on an EMR cluster, each user a document and each title
a word (as Blei, Ng and Jordan did with EachMovie in 2003), judges it on held-out users by the log perplexity, beside
its champion and the frequencies of the titles alone, and promotes it if it passes its gate. The cluster ends whatever
happens. The report shows the titles that make each topic.

### Where the outputs are

Everything of a run lies below `<root>/runs/topics/<run>/`; the tab *Report* of the run in Airflow shows it.

| what | where |
|---|---|
| clean tables, also in the Glue Data Catalog | `clean/ratings`, `clean/movies`, `clean/viewers` |
| rows that may be learnt from, and those that broke an expectation | `checked/viewers`, `checked/quarantine` |
| the model: a whole pipeline | `model/topics` |
| how it was fitted, judged, and why it was promoted or not | `metrics/topics/` |
| the report | `report/index.html`, `report/run.json` |

### When it fails

The failed task's log names the cause; fix it and clear the task. Values are in `specs/topics.yaml`.
"""

from workflow.learner.etl import VIEWING
from workflow.learner.flow import LearnerFlow
from workflow.learner.tasks import learn

flow = LearnerFlow.load(__file__, etl=VIEWING)

with flow.dag(__doc__) as dag:
    learn(flow)
