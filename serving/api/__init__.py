"""The endpoints: what each takes and answers, and the few lines that do it."""
