"""What a source does that would let a file or a message run code: read from its syntax tree.

Ruff's rules S are of the same kind; here is what they do not have, what they excuse by a comment, and templates.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

MODULES = {
    "unpickling": [
        "pickle",
        "_pickle",
        "cPickle",
        "pickletools",
        "marshal",
        "shelve",
        "dill",
        "joblib",
        "cloudpickle",
        "jsonpickle",
        "copyreg",
        "multiprocessing",
        "torch.multiprocessing",
        "concurrent.futures.ProcessPoolExecutor",
        "concurrent.futures.process",
        "xmlrpc",
        "xmlrpc.client",
    ],
    "yaml": ["yaml", "ruamel", "oyaml"],
    "xml": ["xml.sax", "xml.dom", "xml.dom.minidom", "xml.dom.pulldom", "xml.parsers.expat", "lxml"],
}
"""By what they would let in."""
CALLS = {
    "code": [
        "eval",
        "exec",
        "compile",
        "execfile",
        "code.interact",
        "runpy.run_path",
        "pandas.eval",
        "numexpr.evaluate",
    ],
    "shell": [
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "commands.getoutput",
        "pty.spawn",
    ],
    "unpickling": [
        "pandas.read_pickle",
        "torch.hub.load",
        "torch.package.PackageImporter",
        "numpy.lib.format.read_array",
    ],
    "temporary name": ["tempfile.mktemp", "os.tempnam", "os.tmpnam"],
    "archive": ["shutil.unpack_archive"],
    "markup": ["markupsafe.Markup", "jinja2.Markup"],
    "xml": [
        f"xml.etree.{module}.{name}"
        for module in ("ElementTree", "cElementTree")
        for name in ("fromstring", "fromstringlist", "parse", "iterparse", "XML", "XMLID", "XMLParser", "XMLPullParser")
    ],
    "network": ["ssl._create_unverified_context", "ssl._create_default_https_context"],
}
RUN = {f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")}
SAFE = re.compile(r"\|\s*safe\b|\bautoescape\s+false|\bMarkup\(")


def risks(source: str) -> Iterator[tuple[int, str]]:
    """Line and kind of each."""
    tree = ast.parse(source)
    names = dict(imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, kind) for kind in imports(node))
        elif isinstance(node, ast.Call):
            kind = call(node, dotted(node.func, names))
            if kind:
                yield node.lineno, kind


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Local names, and what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        wanted = (
            {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)} if not node.level else set()
        )
    else:
        wanted = {alias.name for alias in node.names}
    yield from (kind for kind, modules in MODULES.items() if wanted & set(modules))


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """What is called, by its full name; of a method of something unknown ``?.name``."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, names) if isinstance(node.value, ast.Name | ast.Attribute) else "?"
        return f"{before}.{node.attr}"
    return "?"


def call(node: ast.Call, name: str) -> str:
    """The kind of what is wrong with a call; empty for none."""
    for kind, called in CALLS.items():
        if name in called:
            return kind
    last, given = name.rpartition(".")[2], {word.arg: word.value for word in node.keywords}
    if name in RUN or last.startswith("create_subprocess_shell"):
        return "shell" if "shell" in given or last == "create_subprocess_shell" or is_text(node) else ""
    if name == "torch.load" and not is_true(given.get("weights_only")):
        return "unpickling"
    if (name in ("numpy.load", "numpy.save") and None in given) or is_true(given.get("allow_pickle")):
        return "unpickling"
    if last in ("extractall", "extract") and "filter" not in given and "." in name:
        return "archive"
    if name in ("hashlib.md5", "hashlib.sha1", "hashlib.new") and not is_false(given.get("usedforsecurity")):
        return "hash"
    if last == "eval" and "." in name and (node.args or node.keywords):
        return "code"
    if name == "jinja2.Environment" and not is_true(given.get("autoescape")):
        return "markup"
    return "network" if is_false(given.get("verify")) else ""


def is_text(node: ast.Call) -> bool:
    """Whether a program is one text, which is split by nobody, or by a shell."""
    words = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "args")]
    return any(
        isinstance(word, ast.JoinedStr) or (isinstance(word, ast.Constant) and isinstance(word.value, str))
        for word in words
    )


def is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def unescaped(template: str) -> Iterator[int]:
    """Lines of a template where something is set that was not escaped."""
    yield from (number for number, line in enumerate(template.splitlines(), 1) if SAFE.search(line))
