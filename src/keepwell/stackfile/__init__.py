"""stack.yaml -> Stack, with the place of every node; every problem says `path:line:col`.

    reading      path -> text                 limits, encoding
    composing    text -> tree of nodes        YAML, duplicate keys, aliases
    scalars      plain text -> value          YAML 1.2, core schema
    overlay      tree + environment -> tree   `environments:`
    problems     pydantic's errors -> ours    wording, hints, places
    schema       Stack -> JSON Schema         for editors

Nothing here judges a stack: rules between values are policies.
"""

from keepwell.stackfile.loading import LoadedStack, load

__all__ = ["LoadedStack", "load"]
