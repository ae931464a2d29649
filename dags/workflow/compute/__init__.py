"""Where the Spark jobs of a run are executed: a cluster for the run, one that is there already, or EMR Serverless."""
