"""What the documents say is so: links, commands, exit codes, errors and their messages."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from appliance import cli, errors, gates
from appliance.cli import common
from appliance.errors import ApplianceError, CommandRefused

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if "LICENSE" not in path.name
)
OPTIONS_OF_OTHERS = ("-h", "--help", "-V", "--version")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- links


def _anchors(path: Path) -> set[str]:
    """Headings as GitHub makes anchors of them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"(?:https?|mailto):", link):
            continue
        target, _, anchor = link.partition("#")
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), f"{_name(document)}: {link}"
        if anchor:
            assert anchor in _anchors(path), f"{_name(document)}: {link}"


def test_files_that_are_named_are_there() -> None:
    """Paths in backquotes, but for those with a place-holder or a star."""
    named = r"`((?:appliance|vendors|tests|templates|benchmarks|examples|docs)/[\w./-]+)`"
    for document in DOCUMENTS:
        for path in re.findall(named, document.read_text(encoding="utf-8")):
            assert "NAME" in path or (ROOT / path).exists(), f"{_name(document)}: {path}"


# --- commands


def _commands(text: str) -> Iterator[list[str]]:
    """Every `appliance ...` in code: typed in blocks, as a job of cron or systemd, and inline."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(appliance [^`\n]+)`", prose)
    for line in lines:
        found = re.search(r"(?:^|^\$ |netops |/bin/)appliance ([^|>&#]*)", line)
        if found:
            yield shlex.split(found[1].partition("   ")[0])


@cache
def _options(verb: str) -> frozenset[str]:
    module = import_module(f"appliance.cli.{'import_' if verb == 'import' else verb}")
    parser = common.parser(verb, cli.VERBS[verb], "")
    module.configure(parser)
    return frozenset(parser._option_string_actions)


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_commands_exist_with_their_options(document: Path) -> None:
    for words in _commands(document.read_text(encoding="utf-8")):
        if not words or words[0] in (*OPTIONS_OF_OTHERS, "VERB"):
            continue
        assert words[0] in cli.VERBS, f"{_name(document)}: {words}"
        for word in words[1:]:
            if word.startswith("-") and word != "-":
                option = word.partition("=")[0]
                assert option in _options(words[0]), f"{_name(document)}: {words}"


def test_the_readme_names_every_verb() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [
        verb for verb in cli.VERBS if f"`{verb}`" not in text and f"appliance {verb}" not in text
    ] == []


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", text, re.MULTILINE):
            assert set(target) - {""} <= targets, f"{_name(document)}: make {target}"


# --- exit codes and errors


def _codes(text: str) -> dict[str, str]:
    """Rows of a table `| 0 | meaning | ...`, code -> meaning."""
    rows = re.findall(r"^\| ([\d, ]+) \| ([^|]+) \|", text, re.MULTILINE)
    return {code.strip(): meaning.strip() for code, meaning in rows}


@pytest.mark.parametrize("name", ["README.md", "docs/errors.md"])
def test_the_table_of_exit_codes_is_that_of_the_command(name: str) -> None:
    rows = re.findall(r"^  ([\d, ]+?)  +(\S.*)$", cli.CODES, re.MULTILINE)
    assert len(rows) == 9
    assert _codes((ROOT / name).read_text(encoding="utf-8")) == dict(rows)


def _classes() -> dict[str, type[ApplianceError]]:
    found = vars(errors).values()
    return {c.__name__: c for c in found if isinstance(c, type) and issubclass(c, ApplianceError)}


def _made(kind: type[ApplianceError]) -> ApplianceError:
    if kind is CommandRefused:
        return CommandRefused("refused", command="x", answer="y")
    return kind("wrong")


def test_every_error_stands_in_the_document_with_its_code() -> None:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d or]+) \|", text, re.MULTILINE))
    codes = {}
    for name, kind in _classes().items():
        found = {common.code_of(_made(kind), undetermined) for undetermined in (1, 3)}
        codes[name] = " or ".join(map(str, sorted(found)))
    assert rows == codes
    sections = set(re.findall(r"^### `(\w+)`$", text, re.MULTILINE))
    assert sections == set(codes) - {"ApplianceError"}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"(\w+(?:Error|Timeout|Refused)) ", errors.__doc__ or "")
    assert set(drawn) | {"ApplianceError"} == set(_classes())


@cache
def _words() -> str:
    """Every text in the code, as it is after adjacent literals are joined."""
    files = [path for folder in ("appliance", "vendors") for path in (ROOT / folder).rglob("*.py")]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    nodes = (node for tree in trees for node in ast.walk(tree))
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return "\n".join(value for value in constants if isinstance(value, str))


def test_the_messages_in_the_document_are_those_of_the_code() -> None:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    foreign = {"unrecognized arguments:"}  # argparse's own
    quoted = re.findall(r"\*([^*\n]+)\*(?=[,:])", text)
    assert len(quoted) > 30
    for message in quoted:
        for piece in message.split("…"):
            if piece.strip() not in foreign:
                assert piece.strip() in _words(), message


def test_gates_stand_in_the_document() -> None:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)
    assert tuple(listed) == gates.NAMES


# --- words


def test_words_not_to_use_are_not_used() -> None:
    banned = re.compile(r"phase[ -]?[12]\b|encryption domain|interesting traffic|proxy[- ]id", re.I)
    for document in DOCUMENTS:
        if document.name == "vocabulary.md":
            continue
        assert not banned.findall(document.read_text(encoding="utf-8")), _name(document)


def test_every_option_in_the_readme_exists() -> None:
    known = {option for verb in cli.VERBS for option in _options(verb)}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(--[a-z-]+)", text)) <= known


# --- examples


@pytest.mark.parametrize("name", ["README.md", "docs/inventory.md"])
def test_the_example_inventory_is_valid(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(version: 1\n.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    for folder in ("examples/azure/site-a", "exports/site-a"):
        shutil.copytree(ROOT / "examples/azure/site-a", tmp_path / folder)
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(blocks[0], encoding="utf-8")
    assert cli.main(["validate", "-i", str(inventory)]) == 0
    assert "1 site, no fault" in capsys.readouterr().out


OUTSIDE = """version 17.9
hostname site-a-rtr
interface GigabitEthernet1
 ip address 203.0.113.10 255.255.255.0
"""


def test_the_readme_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The heads of render and drift, as they stand there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    monkeypatch.chdir(ROOT)
    assert cli.main(["render", "site-a"]) == 0
    rendered = capsys.readouterr().out
    head = "\n".join(rendered.splitlines()[:6])
    assert f"$ appliance render site-a\n{head}\n...\n" in readme
    saved = tmp_path / "running.cfg"
    saved.write_text(OUTSIDE + rendered.replace(" set pfs group14\n", ""), encoding="utf-8")
    assert cli.main(["drift", "site-a", "--running", str(saved)]) == 2
    age, *findings = capsys.readouterr().out.splitlines()
    assert age.startswith("site-a: drift (Azure's export is ")
    said, shown = (re.sub(r"line \d+", "line N", text) for text in ("\n".join(findings), readme))
    assert said in shown  # where a line stands depends on what else the device holds
