"""How a policy words its findings: the name of the rule and its source said once per file."""

from dataclasses import dataclass

from keepwell.model.verdict import Finding, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule by its name in POLICIES, with the page that a reader should see."""

    name: str
    see: str

    def passes(self, message: str, *, path: str = "") -> Finding:
        """All is well; the message says what was seen."""
        return Finding(rule=self.name, status=Status.PASS, message=message, path=path, see=self.see)

    def warns(self, message: str, *, path: str, why: str, hint: str, see: str = "") -> Finding:
        """It works, but not as well as the stack promises."""
        return Finding(
            rule=self.name,
            status=Status.WARN,
            message=message,
            path=path,
            why=why,
            hint=hint,
            see=see or self.see,
        )

    def fails(self, message: str, *, path: str, why: str, hint: str, see: str = "") -> Finding:
        """The stack must not be applied like this."""
        return Finding(
            rule=self.name,
            status=Status.FAIL,
            message=message,
            path=path,
            why=why,
            hint=hint,
            see=see or self.see,
        )
