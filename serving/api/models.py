"""Which version is served, and loading another one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from penstock.errors import BundleError
from serving.api import answers, asked_for
from serving.bundle.sources import source_of
from serving.fleet.worker import find, shown_status
from serving.places import sibling
from serving.security.keys import Role
from serving.web.endpoint import Access, Call, Endpoint
from serving.web.problem import Problem, Reply, json_reply

if TYPE_CHECKING:
    from serving.fleet.board import Reload
    from serving.fleet.worker import Worker
    from serving.served import Served


def endpoints(worker: Worker, roots: Sequence[str]) -> list[Endpoint]:
    """The endpoints over one worker and, through it, all others."""

    async def models(call: Call) -> Reply:
        state = worker.look()
        workers = sorted(state.members.values(), key=lambda each: each.pid)
        return json_reply(
            {
                "models": [shown_model(worker.served)] if worker.served else [],
                "reload": shown_reload(state.last) if state.last else None,
                "workers": [_without_generation(asdict(each)) for each in workers],
                "answered_by": os.getpid(),
                "may_reload": call.caller.role == Role.ADMIN,
            }
        )

    async def reload(call: Call) -> Reply:
        asked = call.body
        uri = asked.bundle_uri.rstrip("/") or _beside(worker, asked.version)
        return json_reply(shown_reload(begin(worker, roots, uri)), 202)

    async def status(call: Call) -> Reply:
        found = find(worker.look(), call.parameters.reload_id)
        if found is None:
            raise Problem("not_found", f"There is no reload {call.parameters.reload_id!r} among the last 20")
        return json_reply(shown_reload(found))

    return [
        Endpoint(
            path="/v1/models",
            handler=models,
            tag="models",
            response=answers.Models,
            summary="The version that is served, by every worker",
            description="Wait until every worker reports the version that was asked for before believing a reload.",
        ),
        Endpoint(
            path="/v1/models/reload",
            method="POST",
            handler=reload,
            tag="models",
            access=Access.ADMIN,
            body=asked_for.ReloadRequest,
            response=answers.Reloading,
            status=202,
            summary="Load another bundle",
            description="All workers load it beside what they serve, and swap when every one of them has it, or none.",
            problems=("busy", "not_loaded"),
        ),
        Endpoint(
            path="/v1/models/reloads/{reload_id}",
            handler=status,
            tag="models",
            parameters=asked_for.ReloadId,
            response=answers.Reloading,
            summary="How far a reload is",
            problems=("not_found",),
        ),
    ]


def begin(worker: Worker, roots: Sequence[str], uri: str) -> Reload:
    """Ask for a reload of all workers; raises Problem 403 for a place outside of the roots, 409 if one is under way."""
    admit(roots, uri)
    return worker.ask(uri, uri.rpartition("/")[2])


def admit(roots: Sequence[str], uri: str) -> None:
    """Raise Problem 403 unless the location is below a configured root."""
    try:
        source_of(uri, roots)
    except BundleError as error:
        raise Problem("not_allowed", str(error)) from None


def _beside(worker: Worker, version: str) -> str:
    """Another version of what is served, or of what is to be served."""
    here = worker.state.bundle_uri
    if not here:
        raise Problem("not_loaded", "No bundle was ever loaded, so that there is no place beside it: give bundle_uri")
    return sibling(here, version)


def shown_model(served: Served) -> dict[str, Any]:
    """What is said of a model."""
    manifest = served.bundle.manifest
    return {
        "model": manifest.model,
        "version": manifest.version,
        "loaded_at": served.loaded_at,
        "users": manifest.users,
        "items": manifest.items,
        "rank": manifest.rank,
        "genres": manifest.genres,
        "bundle_uri": served.uri,
    }


def shown_reload(reload: Reload) -> dict[str, Any]:
    """What is said of a reload."""
    return {
        "id": reload.id,
        "status": shown_status(reload),
        "version": reload.version,
        "bundle_uri": reload.bundle_uri,
        "error": reload.error,
    }


def _without_generation(member: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in member.items() if name != "generation"}
