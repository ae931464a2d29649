"""What a run costs: prices, the estimate before a cluster is made, the cost after it ended."""
