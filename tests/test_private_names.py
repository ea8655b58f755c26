"""Every private name of Textual, Rich, httpx, httpcore and h11 that the program uses is listed here and exists."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import artifact_tui

LISTED = {
    "textual.app.App": "_batch_count _display _driver _exception _exit_renderables _fatal_error _filters "
    "_handle_exception _return_code _shutdown _sync_available",
    "textual.message_pump.MessagePump": "_close_messages_no_wait _closed _closing _message_queue _parent _running",
    "textual.screen.Screen": "_compositor _get_breakpoint_classes",
    "textual._compositor.Compositor": "_render_chops",
    "asyncio.Event": "_waiters",
    "textual.dom.DOMNode": "_pruning _selector_names",
    "textual.driver.Driver": "_app _loop _mouse",
    "textual.drivers.linux_driver.LinuxDriver": "_disable_mouse_support _enable_mouse_support _key_thread "
    "_run_input_thread",
    "textual._parser.Parser": "_awaiting",
    "textual.css.stylesheet.Stylesheet": "_parse_cache _require_parse _rules _variables",
    "textual.widgets.DataTable": "_get_row_region _highlight_row _post_selected_message _scroll_cursor_into_view "
    "_set_hover_cursor _update_dimensions",
    "rich.console.Console": "_color_system",
    "httpx._client.Client": "_transport",
    "httpx._client.BoundSyncStream": "_stream",
    "httpx._transports.default.HTTPTransport": "_pool",
    "httpx._transports.default.ResponseStream": "_httpcore_stream",
    "httpcore._sync.connection_pool.ConnectionPool": "_network_backend",
    "httpcore._sync.connection_pool.PoolByteStream": "_stream",
    "httpcore._sync.http11.HTTP11ConnectionByteStream": "_connection",
    "httpcore._sync.http11.HTTP11Connection": "_h11_state",
    "h11._connection.Connection": "_reader",
    "h11._readers.ContentLengthReader": "_remaining",
}
"""Names by the class that has them; an update of a library that drops one fails here first."""
LIBRARIES = {"textual", "rich", "httpx", "httpcore"}
PUBLIC = {"_replace", "_exit", "_run_exitfuncs"}
"""Documented, although they begin with an underscore: of named tuples, and of :mod:`os`.

The last one, of :mod:`atexit`, is what multiprocessing calls before ``_exit``.
"""
MADE_BY_TEXTUAL = re.compile(
    r"_(abc|css|inherit|merged|decorated|has_\w+_(order|style|within)|has_odd|computes|reactives)"
)
"""Set on each subclass by Textual's own metaclass."""


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(artifact_tui.__path__, "artifact_tui."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def private(names: Iterator[str] | set[str]) -> set[str]:
    return {name for name in names if re.match(r"_[a-z]", name)} - PUBLIC


def names_of(source: str) -> tuple[set[str], set[str]]:
    """The names that a module defines, and the private ones that it uses as attributes."""
    defined, used = set(), set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                defined.add(name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                defined.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                defined.add(name)
            case ast.Attribute(attr=name):
                used.add(name)
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "hasattr"), args=[_, ast.Constant(str(name)), *_]):
                used.add(name)
    return defined, private(used)


@cache
def source_of(found: type) -> str:
    """Of a class, or of its module where a decorator has made another of it."""
    try:
        return inspect.getsource(found)
    except OSError:
        return inspect.getsource(sys.modules[found.__module__])


@cache
@cache
def inherited(module: ModuleType) -> set[str]:
    """Private names that classes of a module share with the classes of libraries that they derive from."""
    shared = set()
    for found in vars(module).values():
        if isinstance(found, type) and found.__module__ == module.__name__:
            theirs = set[str]()
            for base in found.__mro__[1:]:
                if base.__module__.partition(".")[0] in LIBRARIES:
                    theirs |= {*vars(base), *re.findall(r"self\.(_\w+)", source_of(base))}
            own = {*vars(found), *re.findall(r"(?:self|super\(\))\.(_\w+)", source_of(found))}
            shared |= {name for name in private(own & theirs) if not MADE_BY_TEXTUAL.match(name)}
    return shared


def on_objects(source: str) -> set[str]:
    """Private attributes of other objects than ``self``."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="self")):
                pass
            case ast.Attribute(attr=name):
                names.add(name)
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(str(name)), *_]):
                names.add(name)
    return private(names)


def test_no_private_name_is_used_that_is_not_listed() -> None:
    listed = {name for names in LISTED.values() for name in names.split()}
    found, defined, used_on_others = set[str](), set[str](), set[str]()
    for module in modules():
        source = inspect.getsource(module)
        own, used = names_of(source)
        found |= used | inherited(module)
        defined |= own - inherited(module)
        used_on_others |= on_objects(source)
    foreign = {name for name in found if name not in defined or name in listed & used_on_others}
    foreign |= set[str]().union(*map(inherited, modules()))
    assert foreign - listed == set(), "list them with the class that has them, or do without"
    assert listed - foreign == set(), "these are not used any more"


def test_every_listed_name_exists() -> None:
    missing = []
    for owner, names in LISTED.items():
        name, _, class_name = owner.rpartition(".")
        module = importlib.import_module(name)
        bases = [sys.modules[one.__module__] for one in getattr(module, class_name).__mro__ if one is not object]
        sources = [inspect.getsource(one) for one in (module, *bases)]
        missing += [f"{owner}: {each}" for each in names.split() if not re.search(rf"\b{each}\b", "".join(sources))]
    assert missing == []
