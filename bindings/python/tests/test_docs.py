"""The examples in the README and in the documentation of the package."""

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import gchat_filter

README = Path(__file__).parent.parent / "README.md"
MODULES = ["gchat_filter", "gchat_filter.mock", "gchat_filter.pytest_plugin"]

pytest_plugins = ["pytester"]


def documented() -> Iterator[tuple[str, object]]:
    """Returns all modules, classes, functions and methods for users."""
    for name in MODULES:
        module = importlib.import_module(name)
        yield name, module
        for own in module.__all__:
            value = getattr(module, own)
            if inspect.isclass(value) or inspect.isroutine(value):
                yield f"{name}.{own}", value
            if inspect.isclass(value):
                for key, member in vars(value).items():
                    if not key.startswith("_") and not inspect.ismemberdescriptor(member):
                        yield f"{name}.{own}.{key}", member


DOCUMENTED = dict(documented())


def run(name: str, text: str) -> int:
    examples = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples)
    assert result.failed == 0
    return result.attempted


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documentation(name: str) -> None:
    documentation = inspect.getdoc(DOCUMENTED[name])
    assert documentation, "has no documentation"
    run(name, documentation)


def test_readme() -> None:
    assert run("README.md", README.read_text("utf-8")) > 10


def test_the_tests_of_the_readme_pass(pytester: pytest.Pytester) -> None:
    (text,) = re.findall(r"```python\n(import pytest\n.*?)```", README.read_text("utf-8"), re.DOTALL)
    pytester.makepyfile(text)
    pytester.runpytest_subprocess().assert_outcomes(passed=text.count("def test_"))


def test_the_types_of_names_have_all_names() -> None:
    assert get_args(gchat_filter.Method) == gchat_filter.METHODS
    for parameter, names, message in [
        ("preset", gchat_filter.Preset, "unknown preset `x`, expected one of {}"),
        ("levels", gchat_filter.Level, "unknown level `x`, expected one of {}"),
        ("dialect", gchat_filter.Dialect, "unknown dialect `x`, expected one of {}"),
        ("layout", gchat_filter.Layout, "unknown layout `x`, expected one of {}"),
    ]:
        expected = message.format(", ".join(f"`{name}`" for name in get_args(names)))
        with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
            match parameter:
                case "preset":
                    gchat_filter.Filter("", preset="x")  # type: ignore[arg-type]
                case "levels":
                    gchat_filter.Filter("", levels={"negation": "x"})  # type: ignore[dict-item]
                case "dialect":
                    gchat_filter.Filter("").to_sql("x")  # type: ignore[arg-type]
                case "layout":
                    gchat_filter.Filter("").to_sql("duckdb", "x")  # type: ignore[arg-type]
