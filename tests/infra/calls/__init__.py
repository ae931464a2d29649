"""What was recorded of the workflows' calls, as requests that AWS's policy evaluation decides."""
