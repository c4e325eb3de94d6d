"""Jinja, held on a short lead: sandboxed, strict, and printing only what a filter has written.

A failure of a template becomes a StackError that names template and line.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from keepwell.errors import Problem, StackError
from keepwell.model.stack import Stack
from keepwell.templating import layout
from keepwell.templating.bytecode import Bytecode
from keepwell.templating.filters import FILTERS, Literal, Unfit, encodable
from keepwell.templating.folders import check_overrides
from keepwell.templating.phrases import PHRASES

_NAMES = ", ".join(sorted(FILTERS))
_OPTIONS: Mapping[str, Any] = {
    "autoescape": False,  # no document is HTML, and every value is filtered
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "optimized": False,  # a template is filled once: folding its constants costs more
}


class Engine:
    """Fills templates of `folder`, or of `overrides` where that has one of the same name.

    `compiled` is a folder that keeps compiled templates from one process to the next.
    """

    def __init__(
        self, folder: Path, *, overrides: Path | None = None, compiled: Path | None = None
    ) -> None:
        if overrides is not None:
            check_overrides(overrides, ours=folder)
        self._folders = [folder] if overrides is None else [overrides, folder]
        self._compiled = compiled

    def fill(self, name: str, *, stack: Stack) -> str:
        """The text that the template makes of the stack.

        Raises:
            StackError: the template failed; the problem says where.
        """
        try:
            return encodable(self._environment.get_template(name).render(stack=stack))
        except TemplateNotFound as error:
            raise self._error(name, 1, f"there is no template {error.name}") from error
        except TemplateSyntaxError as error:
            raise self._error(error.name or name, error.lineno, error.message or "") from error
        except UnicodeDecodeError as error:
            raise self._error(name, 1, "the template is not UTF-8") from error
        except Exception as error:  # a template is a program: whatever it raises is its failure
            raise self._error(*self._where(error, name), _message(error)) from error

    def parse_json(self, name: str, text: str) -> dict[str, Any]:
        """The object that a filled JSON template holds.

        Raises:
            StackError: it is not one JSON object, or names a key twice.
        """
        try:
            return layout.read(text)
        except ValueError as error:
            raise self._error(name, 1, f"what it makes is not JSON: {error}") from error

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        kept = self._compiled and Bytecode(self._compiled, options=repr(_OPTIONS))
        environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            undefined=StrictUndefined,
            finalize=_only_literals,
            bytecode_cache=kept,
            **_OPTIONS,
        )
        environment.filters.update({**FILTERS, **PHRASES})
        environment.globals["fail"] = _fail
        return environment

    def _path(self, name: str) -> str:
        found = (folder / name for folder in self._folders if (folder / name).is_file())
        return str(next(found, name))

    def _error(self, name: str, line: int, message: str) -> StackError:
        problem = Problem(path=self._path(name), line=line, column=1, message=message)
        return StackError(f"the template {name} failed", problems=[problem])

    def _where(self, error: Exception, name: str) -> tuple[str, int]:
        """The innermost template in the traceback, and its line."""
        frames = [
            (known, frame.tb_lineno)
            for frame in _frames(error.__traceback__)
            if (known := self._known(frame.tb_frame.f_code.co_filename))
        ]
        return frames[-1] if frames else (name, 1)

    def _known(self, file: str) -> str | None:
        for folder in self._folders:
            if Path(file).is_relative_to(folder):
                return Path(file).relative_to(folder).as_posix()
        return None


def _only_literals(value: Any) -> Literal:
    if isinstance(value, StrictUndefined):
        str(value)  # raises, and names what is missing
    if not isinstance(value, Literal):
        raise TemplateError(f"a value is printed without a filter; give it one of: {_NAMES}")
    return value


def _fail(message: str) -> NoReturn:
    raise TemplateError(message)


def _message(error: Exception) -> str:
    if isinstance(error, TemplateError | Unfit):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next
