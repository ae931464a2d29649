"""Judging fitted pipelines on held-out rows, with intervals, without ever collecting a row."""
