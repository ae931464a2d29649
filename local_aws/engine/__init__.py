"""What runs the Spark applications of an EMR cluster: one process, or a real cluster of processes."""
