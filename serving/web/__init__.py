"""HTTP: endpoints that check what they are given, errors as sentences, metrics, the access log, the OpenAPI document."""
