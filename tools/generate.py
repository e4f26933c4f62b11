"""Writes the documents that are made from the program's own tables, so that they cannot say anything else.

`make docs` writes them; tests/docs fails while one differs from what would be written.
"""

import ast
import sys
from pathlib import Path

import typer

from fairgo.cli.main import app
from fairgo.core.article import AREAS, STRATEGIES, Strategy
from fairgo.core.settings import CREDENTIAL, PREFIX, TABLE, UPSTREAM
from fairgo.staff.rights import STEP_UP_LASTS, Role
from fairgo.staff.rights import TABLE as RIGHTS

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- map: made by tools/generate.py -->", "<!-- end of map -->"
MADE = "<!-- Made by tools/generate.py from {source}; `make docs` writes it anew. -->"
NOT_BUILT = "not built yet"


def is_built(strategy: Strategy) -> bool:
    """True when the strategy has its module."""
    place = ROOT / "src" / strategy.module.replace(".", "/")
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def has_command(command: str) -> bool:
    """True when `fairgo` has the command."""
    return command.removeprefix("fairgo ").split()[0] in command_names()


def command_names() -> frozenset[str]:
    """The names of the commands that `fairgo` has."""
    group = typer.main.get_command(app)
    return frozenset(getattr(group, "commands", {}))


def has_test(strategy: Strategy) -> bool:
    """True when the acceptance test is written."""
    name, _, function = strategy.test.partition("::")
    path = ROOT / name
    if not path.is_file():
        return False
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(node, kinds) and node.name == function for node in tree.body)


def map_of_article() -> str:
    """The 21 rows as they stand on the front page."""
    rows = [
        f"| {AREAS[row.area]} | {row.asks} | {row.does} | {row.area}/{row.name} |"
        if is_built(row)
        else f"| {AREAS[row.area]} | {row.asks} | {NOT_BUILT} | |"
        for row in STRATEGIES
    ]
    head = ["| area | the article asks | Fairgo | where |", "|---|---|---|---|"]
    return "\n".join([BEGIN, *head, *rows, END])


def front_page() -> str:
    """The README with its map as it should be."""
    before, _, rest = (ROOT / "README.md").read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return before + map_of_article() + after


def article() -> str:
    """docs/article.md: each strategy, what is done about it, and where to look."""
    built = sum(is_built(row) for row in STRATEGIES)
    lines = [
        "# The article, strategy by strategy",
        "",
        MADE.format(source="core/article.py"),
        "",
        "The article has seven areas with three strategies each; each area is a package, each strategy a module.",
        f"{built} of the {len(STRATEGIES)} are built. `fairgo status` and the console's home show the live measure of",
        "each as it stands now.",
    ]
    for area, title in AREAS.items():
        lines += ["", f"## {title}"]
        for row in STRATEGIES:
            if row.area == area:
                lines += ["", *_about(row)]
    return "\n".join(lines) + "\n"


def _about(row: Strategy) -> list[str]:
    def mark(text: str, *, there: bool) -> str:
        return f"`{text}`" if there else f"`{text}` ({NOT_BUILT})"

    built = is_built(row)
    return [
        f"### {row.asks}",
        "",
        f"{row.does[0].upper()}{row.does[1:]}." if built else f"Planned: {row.does}.",
        "",
        f"- live measure: {row.measure}",
        f"- module: {mark(row.module, there=built)}",
        f"- page: {mark(row.page, there=built)}",
        f"- command: {mark(row.command, there=has_command(row.command))}",
        f"- acceptance test: {mark(row.test, there=has_test(row))}",
    ]


def settings() -> str:
    """docs/reference/settings.md: every setting, its variable, its default and its meaning."""
    rows = [
        f"| `{row.name}` | `{PREFIX}{row.name.upper()}` | {_default(row.default)} | {row.meaning} |"
        for row in TABLE
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            MADE.format(source="core/settings.py"),
            "",
            "Each is read once, at the start: first the default, then `fairgo.toml` in the policy folder, then the",
            "environment. A name that is not known stops the start and says which name is nearest.",
            "",
            "| in fairgo.toml | in the environment | default | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
            "Two families of variables name a system of the policy, in capitals and with `_` for `-`:",
            "",
            f"- `{PREFIX}{UPSTREAM}<SYSTEM>`: where its assistant is, in place of `base_url` in its file.",
            f"- `{PREFIX}{CREDENTIAL}<SYSTEM>`: the secret that opens its assistant. It is never printed and never kept.",
            "",
        ]
    )


def rights() -> str:
    """docs/reference/rights.md: every right, what it lets one do, who has it, and what it takes besides."""
    titles = [role.value.replace("_", " ") for role in Role]
    rows = [
        f"| `{row.right}` | {row.lets} | "
        + " | ".join("yes" if role in row.roles else "" for role in Role)
        + f" | {'yes' if row.for_applications else ''} | {'yes' if row.changes else ''} | "
        + f"{'yes' if row.dangerous else ''} |"
        for row in RIGHTS
    ]
    minutes = int(STEP_UP_LASTS.total_seconds() // 60)
    head = (
        f"| right | lets one | {' | '.join(titles)} | key of an application | changes something | step-up |"
    )
    return "\n".join(
        [
            "# Rights",
            "",
            MADE.format(source="staff/rights.py"),
            "",
            "Every page and every address of `/api` names one right, or says why it is open to everyone. What this table",
            "does not grant, nobody may. A staff member acts in one tenant at a time and never sees another tenant's",
            "systems. An auditor's account names the systems it is for and the day it ends; without either it opens",
            "nothing. What names no system (keys, policy versions) is shown in the tenant `main`, which runs this Fairgo.",
            "",
            f"*Step-up*: within the last {minutes} minutes they proved again that it is them. A key of an application",
            "cannot do that, so it never holds such a right.",
            "",
            head,
            "|---" * (len(titles) + 5) + "|",
            *rows,
            "",
        ]
    )


def _default(value: object) -> str:
    return "(empty)" if value == "" else f"`{value}`"


def documents() -> dict[Path, str]:
    """Every generated document and what it should say."""
    return {
        ROOT / "README.md": front_page(),
        ROOT / "docs" / "article.md": article(),
        ROOT / "docs" / "reference" / "settings.md": settings(),
        ROOT / "docs" / "reference" / "rights.md": rights(),
    }


def main() -> int:
    """Writes what differs, and says so."""
    for path, text in documents().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
