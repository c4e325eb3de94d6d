"""What every node of stack.yaml has in common, and the small types that several of them share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Node(BaseModel):
    """A mapping of stack.yaml: unknown keys are errors, values are taken as they are written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
"""Lower-case letters, digits and dashes, as in a DNS label."""

EnvironmentKey = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable."""

SecretName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""The name of a secret: capitals, digits and underscores. The value never stands in the file."""

UrlPath = Annotated[str, Field(pattern=r"^/[^\s\"\\]*$")]
"""The path of a URL; starts with a slash, no blanks, quotes or backslashes."""

HttpsUrl = Annotated[str, Field(pattern=r"^https://[^\s/@]+(/[^\s]*)?$")]
"""An https URL without user name or password."""

Hostname = Annotated[str, Field(pattern=r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")]
"""A host name in lower case, without a dot at the end."""

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
