"""What one repository at GitHub holds, as far as refs, statuses and issues go.

It knows no history but what was made here: any commit may have statuses.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from keepwell.clock import Clock

FIRST = "1" * 40
"""The commit at the head of the default branch."""


@dataclass(kw_only=True)
class GitHubWorld:
    """A repository. Everything may be changed by hand.

    `refs` are without "refs/". `pulls` maps a commit to the heads of the pull requests it belongs
    to; `unmerged` are the heads of those that were not merged. `statuses` of a commit come newest
    first; a row of `issues` with `pull_request` is a pull request, which GitHub lists among issues.
    `missing` are the permissions that the token lacks, such as "issues".
    """

    clock: Clock
    refs: dict[str, str] = field(default_factory=lambda: {"heads/main": FIRST})
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=dict)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pulls: dict[str, list[str]] = field(default_factory=dict)
    unmerged: set[str] = field(default_factory=set)
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def moment(self) -> str:
        """Now, as the API writes it."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def store(self, kind: str, content: dict[str, Any]) -> str:
        """Keeps an object under the sha of its content."""
        text = json.dumps([kind, content], sort_keys=True)
        sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.objects[sha] = {**content, "sha": sha}
        self.kinds[sha] = kind
        return sha

    def file(self, path: str, *, branch: str) -> bytes:
        """What a file of a branch holds."""
        blob = self.objects[self.files(branch)[path]]
        content: str = blob["content"]
        return base64.b64decode(content) if blob["encoding"] == "base64" else content.encode()

    def files(self, branch: str) -> dict[str, str]:
        """The files of a branch, each with its blob."""
        files: dict[str, str] = self.objects[self.refs[f"heads/{branch}"]]["files"]
        return files
