"""EMR Serverless that runs what it is given: a job run is a Spark application of this machine."""
