"""Damaged and dishonest packs: whatever byte is changed, whoever signs it anew, the place of the fault is named."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.packing import check, faults, members, zipped

Files = dict[str, bytes]
OPEN = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_packed_anew_it_still_verifies(files, tmp_path):
    assert not faults(zipped(tmp_path / "anew.zip", files.items()))


def changed(files: Files, name: str, at: int, mask: int) -> Files:
    data = bytearray(files[name])
    data[at] ^= mask
    return files | {name: bytes(data)}


@OPEN
@given(st.data())
def test_any_changed_byte_of_any_file_is_found_and_its_file_named(files, tmp_path, data):
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    mask = data.draw(st.integers(1, 255))
    found = check(zipped(tmp_path / "changed.zip", changed(files, name, at, mask).items())).faults
    assert found[0].place == name


def test_a_sweep_over_every_file(files, tmp_path):
    for name, data in files.items():
        for at in {0, 1, len(data) // 2, len(data) - 1, *range(7, len(data), max(1, len(data) // 5))}:
            found = check(zipped(tmp_path / "changed.zip", changed(files, name, at, 1).items())).faults
            assert found[0].place == name, (name, at)


@OPEN
@given(st.data())
def test_any_changed_byte_of_the_zip_file_is_found_or_changes_no_content(various, files, tmp_path, data):
    # Nothing depends on: times, attributes and version numbers of members; the copies of size, checksum and time that
    # stand before a member (the directory's count); spare bits after the end of a deflated stream.
    whole = bytearray(various.read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    is_found_or_irrelevant(tmp_path, bytes(whole), files)


def test_a_sweep_over_the_structure_of_the_zip_file(various, files, tmp_path):
    whole = various.read_bytes()
    with zipfile.ZipFile(various) as file:
        start = file.start_dir
    irrelevant = 0
    for at in [*range(60), *range(start, len(whole), 5)]:
        damaged = bytearray(whole)
        damaged[at] ^= 1
        irrelevant += is_found_or_irrelevant(tmp_path, bytes(damaged), files)
    assert irrelevant


def is_found_or_irrelevant(tmp_path: Path, data: bytes, files: Files) -> bool:
    """True when the pack still verifies; then what comes out of it must be the same."""
    (tmp_path / "damaged.zip").write_bytes(data)
    found = faults(tmp_path / "damaged.zip")
    assert found or members(tmp_path / "damaged.zip") == files
    return not found


@pytest.mark.parametrize("length", [0, 1, 21, 22, 100, 5000, -1, -22, -100])
def test_a_file_that_was_cut_off_is_no_pack(various, tmp_path, length):
    (tmp_path / "cut.zip").write_bytes(various.read_bytes()[:length])
    (fault,) = faults(tmp_path / "cut.zip")
    assert "cut.zip: not a whole zip file" in fault


def test_any_file_that_is_left_out_is_missed(files, tmp_path):
    for name in files:
        rest = [(other, data) for other, data in files.items() if other != name]
        found = check(zipped(tmp_path / "less.zip", rest)).faults
        assert (found[0].place, "is missing" in found[0].words) == (name, True)


@pytest.mark.parametrize(
    "name", ["more.txt", "tile/entries/002", "tile/0/000.p/3", "disclosed/x.json", "tile"]
)
def test_a_file_that_is_added_is_found(files, tmp_path, name):
    (fault,) = faults(zipped(tmp_path / "more.zip", (files | {name: b"more"}).items()))
    assert fault == f"{name}: is no part of the pack: the manifest does not list it"


def test_any_file_that_is_there_twice_is_found(files, tmp_path):
    for name, data in files.items():
        for second in (data, b"other"):
            assert faults(zipped(tmp_path / "twice.zip", [*files.items(), (name, second)])) == [
                f"{name}: is in the zip file twice"
            ]


def test_a_renamed_file_is_missed_and_found(files, tmp_path):
    for name in sorted(files.keys() - {"manifest.json", "manifest.sig", "checkpoint"}):
        renamed = {(f"{name}x" if other == name else other): data for other, data in files.items()}
        found = faults(zipped(tmp_path / "renamed.zip", renamed.items()))
        assert found[:2] == [
            f"{name}: is missing: the manifest lists it",
            f"{name}x: is no part of the pack: the manifest does not list it",
        ]


def test_two_files_that_changed_places_are_found(files, tmp_path):
    swapped = files | {
        "tile/entries/000": files["tile/entries/001.p/70"],
        "tile/entries/001.p/70": files["tile/entries/000"],
    }
    found = [fault.place for fault in check(zipped(tmp_path / "swapped.zip", swapped.items())).faults]
    assert {"tile/entries/000", "tile/entries/001.p/70"} <= set(found)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/passwd",
        "a/../../b",
        "a\\b",
        "C:x",
        ".hidden",
        "tile/",
        "a//b",
        "ä",
        "a b",
        "x" * 200,
        "a/./b",
        "",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(files, tmp_path, name):
    (fault,) = faults(zipped(tmp_path / "names.zip", [*files.items(), (name, b"x")]))
    assert "names.zip: holds a file under the name" in fault


def test_a_name_with_a_hidden_end_is_refused(files, tmp_path):
    zipped(tmp_path / "nul.zip", [*files.items(), ("evilxtxt", b"x")])
    data = (tmp_path / "nul.zip").read_bytes().replace(b"evilxtxt", b"evil\0txt")
    (tmp_path / "nul.zip").write_bytes(data)
    assert "nul.zip: holds a file under the name" in faults(tmp_path / "nul.zip")[0]


def claiming(out: Path, name: str, size: int, times: int = 1) -> Path:
    """A zip file whose directory claims that its members unpack to so many bytes."""
    zipped(out, [(name.format(number), b"x") for number in range(times)])
    data = bytearray(out.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = size.to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    out.write_bytes(bytes(data))
    return out


@pytest.mark.parametrize(
    ("name", "size", "times", "said"),
    [
        ("big.txt", 65 << 20, 1, "at most 67108864 can be right"),
        ("manifest.json", 1 << 30, 1, "at most 134217728 can be right"),
        ("manifest.sig", 1 << 20, 1, "at most 65536 can be right"),
        ("tile/0/000", 8193, 1, "at most 8192 can be right"),
        ("tile/entries/000", 17 << 20, 1, "at most 16777472 can be right"),
        ("many{}", 64 << 20, 4, "would unpack to 268435456 bytes from"),
        ("manifest.json", 1 << 20, 1, "manifest.json: has 1 bytes where the zip file says 1048576"),
    ],
)
def test_what_would_swell_beyond_reason_is_refused_before_it_is_unpacked(tmp_path, name, size, times, said):
    (fault,) = faults(claiming(tmp_path / "bomb.zip", name, size, times))
    assert said in fault


def test_a_size_that_is_a_lie_is_found(files, tmp_path):
    zipped(tmp_path / "lie.zip", files.items())
    data = bytearray((tmp_path / "lie.zip").read_bytes())
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(b"verifier.txt"))
    for field in (20, 24):  # compressed, uncompressed
        data[entry + field] ^= 8
    (tmp_path / "lie.zip").write_bytes(bytes(data))
    assert faults(tmp_path / "lie.zip")


@pytest.mark.parametrize("where", ["before", "comment"])
def test_bytes_of_no_file_are_found(various, tmp_path, where):
    out = tmp_path / "odd.zip"
    out.write_bytes((b"MZ hidden" if where == "before" else b"") + various.read_bytes())
    if where == "comment":
        with zipfile.ZipFile(out, "a") as file:
            file.comment = b"hidden"
    assert faults(out) == ["odd.zip: holds bytes that belong to no file"]


def test_an_encrypted_or_oddly_packed_member_is_refused(files, tmp_path):
    with zipfile.ZipFile(tmp_path / "odd.zip", "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("manifest.json", files["manifest.json"])
    assert "manifest.json: is packed in a way that packs are not" in faults(tmp_path / "odd.zip")[0]
