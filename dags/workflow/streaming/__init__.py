"""The workflow that counts events of a stream."""
