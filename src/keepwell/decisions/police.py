"""What all policies say, in the order of the registry. A policy that raises is a bug: it raises."""

from collections.abc import Sequence

from keepwell.model.document import Document
from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies import POLICIES, DocumentPolicy, StackPolicy


def judge_stack(stack: Stack) -> tuple[Finding, ...]:
    """The findings of every policy that judges the declared stack, before anything is generated."""
    return tuple(
        finding
        for policy in POLICIES.values()
        if isinstance(policy, StackPolicy)
        for finding in policy.on_stack(stack)
    )


def judge_documents(documents: Sequence[Document]) -> tuple[Finding, ...]:
    """The findings of every policy that judges what was generated."""
    return tuple(
        finding
        for policy in POLICIES.values()
        if isinstance(policy, DocumentPolicy)
        for finding in policy.on_documents(documents)
    )
