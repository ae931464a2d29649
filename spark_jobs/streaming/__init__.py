"""The parts of the job that counts events of a stream: sources, batches, who holds it, when it stops."""
