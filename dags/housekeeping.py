"""Ends clusters that outlived their run, and removes what is too old to keep.

### What it does

`reap_clusters` looks at every live cluster that carries the deployment's tag, asks Airflow what became of the run that
made it, and terminates the cluster if the run has ended or is gone, or the cluster has expired or is too old. A cluster
whose tags name no run, or that only has a similar name, is never touched. `remove_expired` removes once a day what
nobody will ask for again: folders of runs, EMR's logs, housekeeping's own reports, and versions of models that carry no
alias and are not among the newest. A run that goes on, and one that a version or a table of the catalogue points at,
is kept.

### Where the outputs are

| what | where |
|---|---|
| clusters, what was done with each, why, what it cost | `<root>/housekeeping/<run>/report.json` |
| what was removed that day | `<root>/housekeeping/retention/<day>.json` |
| what would be removed, in a dry run | `<root>/housekeeping/<run>/retention.json` |

Both are in the log as tables, too. Whoever the deployment's `notify` names is told of reaped clusters and of failures.

### When it fails

The error names each cluster and place with AWS's answer; everything else was done. The next run tries again.
"""

from workflow.housekeeping.house import House
from workflow.housekeeping.tasks import reap_clusters, remove_expired

house = House.load(__file__)

with house.dag(__doc__) as dag:
    reap_clusters(house)
    remove_expired(house)
