"""The cover of a pack: what is in it, how to check it, and what it does not show, in plain words."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from fairgo.ledger.packs import form

typst: Any
try:
    import typst
except ImportError:  # the extra `pdf` is not installed
    typst = None

TITLE = "Evidence pack"
WIDE = 24


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, rows of two columns, and commands."""

    title: str
    says: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()


def cover(manifest: dict[str, Any], keys: str, organisation: str) -> tuple[str, bytes]:
    """The name and bytes of the cover: a PDF where Typst is installed, else a text file with the same words.

    A text file too where no font at hand has the letters of the organisation's name.
    """
    sections = _sections(manifest, keys, organisation)
    if typst is not None:
        for own_fonts_only in (True, False):  # with its own fonts the pages are the same on every machine
            with suppress(typst.TypstError):
                return "cover.pdf", _as_pdf(sections, organisation, own_fonts_only=own_fonts_only)
    return "cover.txt", _as_text(sections).encode()


def _as_pdf(sections: list[Section], organisation: str, *, own_fonts_only: bool) -> bytes:
    facts = {"title": TITLE, "author": organisation, "sections": [asdict(one) for one in sections]}
    pages: bytes = typst.compile(
        files("fairgo.ledger.packs").joinpath("cover.typ").read_bytes(),
        format="pdf",
        sys_inputs={"facts": json.dumps(facts)},
        ignore_system_fonts=own_fonts_only,
        pdf_standards=["ua-1"],  # tagged, so that screen readers can read it
        timestamp=0,
    )
    return pages


def _as_text(sections: list[Section]) -> str:
    lines = [TITLE, "=" * len(TITLE), ""]
    for one in sections:
        lines += [one.title, "-" * len(one.title), *one.says]
        lines += [f"{name:{WIDE}} {value}" for name, value in one.rows]
        lines += [f"    {command}" for command in one.commands]
        lines.append("")
    return "\n".join(lines)


def _sections(manifest: dict[str, Any], keys: str, organisation: str) -> list[Section]:
    return [_about(manifest, organisation), _inside(manifest), _checking(manifest, keys), _limits()]


def _about(manifest: dict[str, Any], organisation: str) -> Section:
    first, last = manifest["first"], manifest["last"]
    systems = ", ".join(f"{name or '(none)'}: {count}" for name, count in sorted(manifest["systems"].items()))
    rows = (
        ("Organisation", organisation),
        ("Log", manifest["origin"]),
        ("Asked for", f"{manifest['asked']['from']} to {manifest['asked']['to']}, both included"),
        ("Leaves", f"{last - first + 1}: positions {first} to {last}, none left out"),
        ("System", manifest["system"] or "all"),
        ("Leaves by system", systems),
        ("Purpose", manifest["purpose"]),
        ("Made", manifest["made"]),
        ("Size of the log", str(manifest["size"])),
        ("Root of the log", manifest["root"]),
    )
    said = (
        (
            f"This is a part of the evidence that {organisation} keeps of what its AI did. It can be checked without "
            "trusting the organisation or the makers of Fairgo, without a network, and with software of somebody else."
        ),
    )
    return Section("What this is", said, rows)


def _inside(manifest: dict[str, Any]) -> Section:
    missing = [one["version"][:16] for one in manifest["policies"] if not one["file"]]
    kept = len(manifest["policies"]) - len(missing)
    policies = (
        f"{kept} of the {len(manifest['policies'])} versions in force; the file is what the SHA-256 is of"
    )
    rows = [
        ("checkpoint", "the signed size and root of the whole log, with witnesses' cosignatures if any"),
        (
            "checkpoint-from, checkpoint-cosigned",
            "an older checkpoint before the range, one that witnesses signed",
        ),
        ("tile/", "hashes of the tree (C2SP tlog-tiles): that these leaves are in it"),
        (
            "tile/entries/",
            "the leaves, each behind its length in two bytes; neighbours fill the first and last file",
        ),
        ("policies/", policies),
        ("disclosed/", f"{len(manifest['disclosed'])} opened commitments: a content and its salt each"),
        ("audits/", f"{len(manifest['audits'])} results of audits, as the organisation gave them"),
        ("verifier.txt", "the log's public keys; compare them with a copy from elsewhere"),
        ("manifest.json, .sig", "every file with its size and SHA-256, signed"),
    ]
    if missing:
        rows.append(("Policy text missing", ", ".join(one or "(none)" for one in missing)))
    return Section("What is in it", rows=tuple(rows))


def _checking(manifest: dict[str, Any], keys: str) -> Section:
    commands = [
        "python -m fairgo.ledger.verify PACK.zip --key VERIFIER-KEY",
        "python -m fairgo.ledger.verify PACK.zip --sample 25 --seed WORD",
        "python -m fairgo.ledger.verify PACK.zip --since RECEIPT-OR-CHECKPOINT",
        "sha256sum policies/*.json",
    ]
    if manifest["disclosed"]:
        one = manifest["disclosed"][0]
        commands.append(f"(printf {form.COMMIT.decode()}; cat {one['salt']} {one['content']}) | sha256sum")
    said = (
        (
            "The verifier needs Python and its package cryptography only. It checks each file against the signed manifest, "
            "each leaf against the signed root, that no position is missing, and names the place of a fault."
        ),
        (
            "With software of others: unzip it; checkpoint is a C2SP signed note and tile/ is laid out as C2SP tlog-tiles "
            "says, which Go's golang.org/x/mod/sumdb reads; policies and opened commitments need sha256sum alone."
        ),
        (
            "Ask customers for receipts and witnesses for checkpoints, and give them to --since: "
            "a log whose newest leaves were cut off, or that was written anew, does not fit them."
        ),
        "Verifier key of this log: " + " ".join(keys.split()),
    )
    return Section("How to check it", said, commands=tuple(commands))


def _limits() -> Section:
    return Section(
        "What it does not show",
        (
            "That what was recorded is what a customer's screen showed: Fairgo sees what leaves it.",
            "What went round Fairgo: a model that is called directly leaves no leaf.",
            "That the clock was right: times are the server's own, to the minute.",
            "That one history was shown to everybody, unless witnesses or receipts from elsewhere are compared.",
            (
                "That the contents opened here stand for the rest: the organisation chose them. Draw a sample "
                "with a seed of your own, and ask for those."
            ),
        ),
    )
