"""Records in, predictions out, by any model: Python's, MLflow's or Spark's.

### What it does

Waits until a folder on S3 holds files, brings up an EMR cluster and asks a model of the registry for a prediction of
every record: JSON lines, CSV or Parquet, compressed or not, a few large files or many small ones. The model's packages
travel with the job as an archive. A record that the model refuses gets a null and a row in the quarantine, with its
file, line and reason; too many of them fail the run, after its report. A retry does only the files that are left. The
cluster ends whatever happens.

### Where the outputs are

Everything of a run lies below `<root>/runs/batch_prediction/<run>/`; the tab *Report* of the run in Airflow shows it.

| what | where |
|---|---|
| the predictions, in a folder for each group of files | `predictions/` |
| the same as a table `predictions` of the deployment's database, if it names one | `prediction-table/` |
| records without a prediction, and why | `quarantine/predictions` |
| the counts: records = predicted + quarantined | `report/predictions.json` |
| what the run was told, its times and its cost | `report/index.html`, `report/run.json` |

### When it fails

The failed task's log names the cause; fix it and clear the task. Values are in `specs/batch_prediction.yaml`.
"""

from workflow.prediction.flow import PredictionFlow
from workflow.prediction.tasks import predict

flow = PredictionFlow.load(__file__)

with flow.dag(__doc__) as dag:
    predict(flow)
