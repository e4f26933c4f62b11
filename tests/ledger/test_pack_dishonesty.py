"""Dishonest packs: made by somebody who has the log's own key, and still found out, by the place of the fault."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.packs import form
from fairgo.ledger.tiles import bundle, unbundle
from tests.ledger.ledgers import NAME, SIGNER
from tests.ledger.packing import faults, signed_anew, zipped

Files = dict[str, bytes]


def leaf_changed(files: Files) -> Files:
    leaves = unbundle(files["tile/entries/000"])
    leaves[30] = leaves[30].replace(b"turn", b"torn")
    return files | {"tile/entries/000": bundle(leaves)}


def leaf_left_out(files: Files) -> Files:
    leaves = unbundle(files["tile/entries/000"])
    return files | {"tile/entries/000": bundle(leaves[:30] + leaves[31:])}


def leaves_swapped(files: Files) -> Files:
    leaves = unbundle(files["tile/entries/000"])
    leaves[30], leaves[31] = leaves[31], leaves[30]
    return files | {"tile/entries/000": bundle(leaves)}


def leaf_and_hash_changed(files: Files) -> Files:
    files = leaf_changed(files)
    hashes = bytearray(files["tile/0/000"])
    hashes[30 * 32 : 31 * 32] = form.hashlib.sha256(b"\0" + unbundle(files["tile/entries/000"])[30]).digest()
    return files | {"tile/0/000": bytes(hashes)}


def edge_changed(files: Files) -> Files:
    (name,) = [name for name in files if name.startswith("tile/0/001")]
    return files | {name: files[name][:-1] + bytes([files[name][-1] ^ 1])}


def bundle_left_out(files: Files) -> Files:
    return {name: data for name, data in files.items() if name != "tile/entries/001.p/70"}


def tile_cut(files: Files) -> Files:
    return files | {"tile/0/000": files["tile/0/000"][:-32]}


def bundle_cut(files: Files) -> Files:
    return files | {"tile/entries/000": files["tile/entries/000"][:-1]}


def audit_is_none(files: Files) -> Files:
    return files | {"audits/audit.json": b"words"}


def settings_are_odd(files: Files) -> Files:
    return files | {"audits/audit.json": b'{"settings": "\\ud800"}'}


def content_changed(files: Files) -> Files:
    (name,) = [name for name in files if name.startswith("disclosed/") and name.endswith("json")]
    return files | {name: files[name].replace(b"words", b"wards")}


def salt_changed(files: Files) -> Files:
    (name,) = [name for name in files if name.endswith("salt")]
    return files | {name: bytes(31)}


def policy_changed(files: Files) -> Files:
    (name,) = [name for name in files if name.startswith("policies/")]
    return files | {name: files[name] + b" "}


def audit_changed(files: Files) -> Files:
    return files | {"audits/audit.json": files["audits/audit.json"].replace(b"finding", b"alike")}


def settings_changed(files: Files) -> Files:
    return files | {"audits/audit.json": files["audits/audit.json"].replace(b"0.05", b"0.50")}


def before_changed(files: Files) -> Files:
    text = files["checkpoint-from"].decode().rpartition("\n\n")[0] + "\n"
    other = text.replace("\n20\n", "\n19\n")
    return files | {"checkpoint-from": SIGNER.sign(other).encode()}


def newest_changed(files: Files) -> Files:
    text = files["checkpoint"].decode().rpartition("\n\n")[0] + "\n"
    return files | {"checkpoint": SIGNER.sign(text.replace("\n326\n", "\n325\n")).encode()}


def more_added(files: Files) -> Files:
    return files | {"more.txt": b"more"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (leaf_changed, "tile/entries/000: the leaf at position 30 does not fit its hash in the tree"),
        (leaf_left_out, "tile/entries/000: has 255 leaves, not 256: from position 0 on"),
        (leaves_swapped, "tile/entries/000: the leaf at position 30 does not fit its hash in the tree"),
        (leaf_and_hash_changed, "tile/0/000: does not lead to hash 0 of tile/1/000.p/1"),
        (edge_changed, "checkpoint: its root over 326 leaves is not what the tiles lead to"),
        (bundle_left_out, "tile/entries/001.p/70: is missing: the manifest does not list it"),
        (tile_cut, "tile/0/000: has 8160 bytes, not 8192"),
        (bundle_cut, "tile/entries/000: entry 255 of a bundle is cut short"),
        (audit_is_none, "audits/audit.json: is not a JSON object"),
        (settings_are_odd, "audits/audit.json: its settings have the SHA-256 none"),
        (content_changed, "reply.json: is not what leaf"),
        (salt_changed, "reply.salt: has 31 bytes, not 32"),
        (policy_changed, "is not the policy version"),
        (audit_changed, "audits/audit.json: the leaf at position 25 does not tell of this audit"),
        (settings_changed, "audits/audit.json: its settings have the SHA-256"),
        (before_changed, "checkpoint-from: another history: its first 19 leaves are not those of this pack"),
        (newest_changed, "checkpoint: is over 325 leaves"),
        (more_added, "more.txt: is listed in the manifest, but is no part of such a pack"),
    ],
)
def test_what_is_changed_and_signed_anew_is_found_by_its_place(
    files, tmp_path, change: Callable[[Files], Files], said: str
):
    found = faults(zipped(tmp_path / "signed.zip", signed_anew(change(files)).items()))
    assert said in found[0]


def test_signed_anew_without_a_change_it_verifies(files, tmp_path):
    assert not faults(zipped(tmp_path / "signed.zip", signed_anew(files).items()))


def entry(manifest: dict[str, Any], part: str) -> dict[str, Any]:
    return manifest[part][0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(first=21), "do not name policy version"),
        (lambda m: m.update(last=255), "tile/entries/001.p/70: is listed in the manifest, but is no part"),
        (lambda m: m.update(last=299), "do not name policy version"),
        (lambda m: m.update(first=400), "the range does not lie within the log"),
        (lambda m: m.update(size=327), "checkpoint: is over 326 leaves"),
        (lambda m: m.update(root="AAAA"), "not as the manifest says"),
        (lambda m: m.update(origin="other.example/log"), "not as the manifest says"),
        (lambda m: m.update(systems={"assistant": 1}), "do not name the systems as often"),
        (lambda m: m.update(more=1), "not a manifest of the form"),
        (lambda m: m.update(first=True), "not a manifest of the form"),
        (lambda m: m.update(schema="fairgo/pack/v9"), "not a manifest of the form"),
        (lambda m: m["policies"].clear(), "is listed in the manifest, but is no part"),
        (lambda m: entry(m, "policies").update(leaves=1), "do not name policy version"),
        (lambda m: entry(m, "disclosed").update(position=22), "the leaf at position 22 is not"),
        (lambda m: entry(m, "disclosed").update(position=400), "names the position 400, which is outside the range"),
        (lambda m: entry(m, "disclosed").update(commitment="request"), "committed to as request"),
        (lambda m: entry(m, "audits").update(position=24), "does not tell of this audit"),
        (lambda m: m["files"].append(entry(m, "files")), "where it may not"),
        (lambda m: entry(m, "files").update(size=1), "bytes, the manifest says 1"),
    ],
)  # fmt: skip
def test_a_manifest_that_tells_it_otherwise_is_found(files, tmp_path, change, said):
    found = faults(zipped(tmp_path / "told.zip", signed_anew(files, change).items()))
    assert any(said in fault for fault in found), found


def test_a_manifest_of_somebody_else_is_refused(files, tmp_path):
    other = Signer(NAME, b"x" * 32)
    signed = files | {"manifest.sig": other.sign(form.seal_text(files["manifest.json"])).encode()}
    assert faults(zipped(tmp_path / "other.zip", signed.items())) == [
        f"manifest.sig: its signature does not verify: not signed by {NAME}"
    ]


def test_a_checkpoint_is_no_signature_of_a_manifest(files, tmp_path):
    signed = files | {"manifest.sig": files["checkpoint"]}
    assert (
        "manifest.json: is not what was signed" in faults(zipped(tmp_path / "other.zip", signed.items()))[0]
    )


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    )
)
def test_no_value_upsets_the_reading_of_a_manifest(value):
    with pytest.raises(form.PackBroken, match="not a manifest of the form"):
        form.read_manifest(json.dumps(value).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"1" * 10_000])
def test_no_bytes_upset_it_either(data):
    with pytest.raises(form.PackBroken, match="not a manifest of the form"):
        form.read_manifest(data)


def test_so_many_faults_that_the_rest_is_left(files, tmp_path):
    more = {f"more{number}.txt": b"" for number in range(50)}
    found = faults(zipped(tmp_path / "more.zip", (files | more).items()))
    assert len(found) == 21
    assert "more than 20 faults" in found[-1]


def test_a_log_of_absurd_size_is_refused_at_once(files, tmp_path):
    size = 10**18
    text = Checkpoint(NAME, size, b"r" * 32).text()
    huge = {name: data for name, data in files.items() if not name.startswith("checkpoint")}
    huge["checkpoint"] = SIGNER.sign(text).encode()
    root = text.split("\n")[2]
    signed = signed_anew(huge, lambda manifest: manifest.update(size=size, root=root))
    assert faults(zipped(tmp_path / "huge.zip", signed.items())) == [
        f"manifest.json: a log of {size} leaves and this range need more tiles than are there"
    ]
