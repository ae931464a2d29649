"""Makes an earlier version of a model the champion again.

### What it does

Moves the alias `champion` of one registered model back: to the version that was champion before, or to the one that
you name. It is one call to the model registry, so there is a whole champion at every moment. Nothing is removed: the
version that is left stays in the registry, and another run of this DAG can move the alias again.

The deployment's services of the model load the version's bundle; without any, that is skipped. Whoever else reacts to
the champion is told by Airflow's asset alias `penstock.champions`.

### When it fails

The error says what is wrong: an unknown model or version, a model that has had one champion only, or a champion that
somebody else has changed since this run looked. Nothing was changed then. When `reload_services` fails, the alias has
moved: the error says which service does not follow, and why. Mend it and clear the task.
"""

from workflow.rollback.flow import RollbackFlow
from workflow.rollback.tasks import roll_back

flow = RollbackFlow.load(__file__)

with flow.dag(__doc__) as dag:
    roll_back(flow)
