"""HTTP: endpoints that check what they are given, errors as sentences, metrics, access log, OpenAPI document."""
