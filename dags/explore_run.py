"""Explores a run in a notebook: its data, its models, its documents.

### What it does

Looks for the run of an Airflow workflow that you name and for its model, brings up a cluster that can execute
notebooks (or finds the one that the YAML names), and has EMR execute `notebooks/explore_run.ipynb` about it: the clean
tables with counts and distributions, the refused rows by reason, the metrics, the saved model applied to held-out rows,
and what the model looks at. The cluster ends whatever happens. The explored run is not changed, but for the notebook
beside its report.

### Where the outputs are

| what | where |
|---|---|
| the executed notebook | `report/explore_run.ipynb` in the folder of the explored run |
| what the cluster was to cost and has cost | `report/` of this run, `<root>/runs/explore_run/<run>/` |

Download the notebook and open it in Jupyter, VS Code or on GitHub; its charts are in it.

### When it fails

A run or a model that is not there is named, with what there is, before anything is started. A cell that fails is named
with its error, and the notebook is kept as far as it came. Values are in `specs/explore_run.yaml`.
"""

from workflow.notebook.flow import Exploration
from workflow.notebook.tasks import explore

flow = Exploration.load(__file__)

with flow.dag(__doc__) as dag:
    explore(flow)
