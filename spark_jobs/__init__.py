"""What runs on EMR: one script per job, three floors each; the logic is in `transforms`."""
