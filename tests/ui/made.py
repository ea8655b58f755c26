"""Artifacts of the demo's server that hold what a test says."""

from __future__ import annotations

import hashlib

import pytest
from msgspec.structs import replace

from artifact_tui.demo import archives
from artifact_tui.demo.blob import BlobMember
from tests.ui.program import KESTREL, Program
from tests.ui.test_contents import Place


def add_artifact(
    program: Program, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], name: str = "made-for-this"
) -> Place:
    """A new artifact of the newest run with artifacts, which holds these files; where it is."""
    store = program.server.store
    repository = store.repository(KESTREL)
    assert repository is not None
    newest = store.repository_artifacts(repository.id)[0]
    members = [BlobMember(path, (data,)) for path, data in files.items()]
    monkeypatch.setitem(archives._RECIPES, name, lambda artifact, dice, moment: members)
    artifact = replace(newest, id=max(store.artifacts) + 1, name=name, kind=name, weight=0, oddity="")
    blob = archives.zipped.__wrapped__(artifact)  # what it remembers is another test's
    digest = hashlib.sha256(b"".join(blob.read())).hexdigest()
    store.add(replace(artifact, size=blob.size, raw_size=sum(map(len, files.values())), digest=digest))
    return (KESTREL, newest.run, name)
