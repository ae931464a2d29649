"""The OpenAPI document, made of the endpoints and the pydantic models that check their requests."""

from __future__ import annotations

import http
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from serving.api.answers import ErrorAnswer
from serving.api.asked_for import example
from serving.web.endpoint import Access, Endpoint
from serving.web.problem import KINDS

if TYPE_CHECKING:
    from pydantic import BaseModel

_SCHEMAS = "#/components/schemas/"
_TAGS = {
    "recommendations": "What to recommend.",
    "catalogue": "What the model knows.",
    "models": "Which version is served, and loading another one.",
    "classic": "The calls of the JobServer system, as they always were.",
    "status": "For machines that watch.",
}
_LIMITED = ("timeout", "wrong_host", "failed", "invalid")


def document(endpoints: Sequence[Endpoint], *, secured: bool = True) -> dict[str, Any]:
    """OpenAPI 3.1; `secured` is false where the service asks for no key."""
    shown = [each for each in endpoints if each.documented]
    paths: dict[str, dict[str, Any]] = {}
    for each in shown:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, secured=secured)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Penstock recommendations",
            "version": "1",
            "description": "Recommendations from a model that was published as a bundle. Every error is a sentence.",
        },
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(shown),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or a JSON web token."},
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


def _schemas(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    requests = {each.body for each in endpoints if each.body}
    answers = {each.response for each in endpoints if not isinstance(each.response, str)} | {ErrorAnswer}
    wanted: list[tuple[type[BaseModel], Any]] = [
        *((model, "validation") for model in sorted(requests, key=lambda each: each.__name__)),
        *((model, "serialization") for model in sorted(answers, key=lambda each: each.__name__)),
    ]
    found: dict[str, Any] = models_json_schema(wanted, ref_template=_SCHEMAS + "{model}")[1]["$defs"]
    return found


def _operation(endpoint: Endpoint, *, secured: bool) -> dict[str, Any]:
    text = f"{endpoint.method.lower()} {endpoint.path}".translate(str.maketrans("/{}", "___"))
    found: dict[str, Any] = {
        "operationId": "_".join(part for part in text.replace(" ", "_").split("_") if part),
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint),
        "responses": {str(endpoint.status): _success(endpoint), **_problems(endpoint, secured=secured)},
        "security": [{"bearer": []}, {"key": []}] if secured and endpoint.access != Access.OPEN else [],
    }
    description = endpoint.description
    if endpoint.access == Access.ADMIN:
        description = f"{description} Needs the role admin.".strip()
    if description:
        found["description"] = description
    if endpoint.body:
        content: dict[str, Any] = {"schema": {"$ref": _SCHEMAS + endpoint.body.__name__}}
        shown = example(endpoint.body)
        if shown is not None:
            content["example"] = shown
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    return found


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    schema = endpoint.parameters.model_json_schema()
    required = schema.get("required", [])
    found = []
    for name, each in schema.get("properties", {}).items():
        where = "path" if f"{{{name}}}" in endpoint.path else "query"
        own = {key: value for key, value in each.items() if key not in ("description", "examples", "title")}
        parameter = {"name": name, "in": where, "required": name in required, "schema": own}
        if "description" in each:
            parameter["description"] = each["description"]
        if "examples" in each:
            parameter["example"] = each["examples"][0]
        found.append(parameter)
    return found


def _success(endpoint: Endpoint) -> dict[str, Any]:
    if isinstance(endpoint.response, str):
        content: dict[str, Any] = {endpoint.response: {}}
    else:
        content = {"application/json": {"schema": {"$ref": _SCHEMAS + endpoint.response.__name__}}}
    return {
        "description": (endpoint.summary if endpoint.status == http.HTTPStatus.OK else "Accepted"),
        "content": content,
    }


def _problems(endpoint: Endpoint, *, secured: bool) -> dict[str, Any]:
    codes = {*endpoint.problems, *_LIMITED}
    if endpoint.access != Access.OPEN:
        codes |= {"too_many"} | ({"no_credentials", "not_loaded"} if secured else set())
    if endpoint.access == Access.ADMIN:
        codes.add("not_allowed")
    if endpoint.body:
        codes |= {"not_json", "too_large", "wrong_type"}
    found: dict[str, Any] = {}
    for code in sorted(codes, key=lambda each: KINDS[each].status):
        kind = KINDS[code]
        answer = {"error": {"code": kind.code, "message": kind.description}}
        found[str(kind.status)] = {
            "description": kind.description,
            "content": {"application/json": {"schema": {"$ref": _SCHEMAS + "ErrorAnswer"}, "example": answer}},
        }
    return found
