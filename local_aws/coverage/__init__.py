"""What is covered: each service's operations and how they differ from AWS, as data; COVERAGE.md is made of it."""
