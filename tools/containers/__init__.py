"""The stack in containers: what the services of docker-compose.yaml run."""
