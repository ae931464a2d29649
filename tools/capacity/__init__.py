"""From measured throughput to nodes, hours and dollars: what a size asks for, and what breaks first."""
