"""EMR's notebook executions: a notebook run to its end on a cluster, without anybody who looks at it."""
