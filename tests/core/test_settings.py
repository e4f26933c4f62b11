"""Settings: defaults, then the file, then the environment; and every mistake is named."""

from pathlib import Path

import pytest

from fairgo.core.errors import Misconfigured
from fairgo.core.settings import TABLE, Settings, read_settings, variable_of


def read(folder: Path, file: str = "", **environ: str) -> Settings:
    if file:
        (folder / "fairgo.toml").write_text(file, encoding="utf-8")
    return read_settings(folder, environ)


def test_defaults_are_in_force_without_a_file(tmp_path: Path):
    settings = read(tmp_path)
    for row in TABLE:
        value = getattr(settings, row.name)
        assert value == (tmp_path / row.default if row.name.endswith("_file") else row.default)


def test_the_file_goes_before_the_defaults_and_the_environment_before_the_file(tmp_path: Path):
    settings = read(tmp_path, 'port = 9000\nhost = "0.0.0.0"', FAIRGO_PORT="9001")
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_paths_of_keys_count_from_the_folder_unless_they_are_absolute(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere" / "ledger.key"
    settings = read(tmp_path, 'master_key_file = "a/b.key"', FAIRGO_LEDGER_KEY_FILE=str(elsewhere))
    assert settings.master_key_file == tmp_path / "a" / "b.key"
    assert settings.ledger_key_file == elsewhere


def test_what_other_programs_have_in_the_environment_is_left_alone(tmp_path: Path):
    assert read(tmp_path, PATH="/bin", FAIRGOOD="1", OPENAI_API_KEY="k").port == 8088


@pytest.mark.parametrize(
    ("file", "environ", "named", "hint"),
    [
        ("prot = 1", {}, "'prot'", "did you mean 'port'?"),
        ("[database]\nurl = 'x'", {}, "setting 'database'", "database URL"),
        ("", {"FAIRGO_PROT": "1"}, "FAIRGO_PROT", "did you mean 'FAIRGO_PORT'?"),
        ("", {"FAIRGO_UPSTREAMS": "x"}, "FAIRGO_UPSTREAMS", "did you mean 'FAIRGO_UPSTREAM_SYSTEM'?"),
        ("", {"FAIRGO_CREDENTIAL_": "x"}, "FAIRGO_CREDENTIAL_", "did you mean 'FAIRGO_CREDENTIAL_SYSTEM'?"),
        ("credentials = {a = 'x'}", {}, "'credentials'", "known: api_per_minute"),
    ],
)
def test_an_unknown_setting_names_the_nearest(tmp_path: Path, file: str, environ, named: str, hint: str):
    with pytest.raises(Misconfigured) as wrong:
        read(tmp_path, file, **environ)
    assert named in wrong.value.message
    assert wrong.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("port = 65536", "must be a whole number from 0 to 65535"),
        ("port = -1", "must be a whole number from 0 to 65535"),
        ("port = true", "must be a whole number from 0 to 65535"),
        ("port = 80.0", "must be a whole number from 0 to 65535"),
        ("port = inf", "must be a whole number from 0 to 65535"),
        ("port = []", "must be a whole number from 0 to 65535"),
        ('port = "http"', "must be a whole number from 0 to 65535"),
        ("port = 1979-05-27", "must be a whole number from 0 to 65535"),
        ("body_limit = 1", "must be a whole number from 1024 to 1073741824"),
        ("ledger_mldsa = 1", "must be true or false"),
        ('ledger_mldsa = "yes"', "must be true or false"),
        ("checkpoint_seconds = 0", "must be seconds, above 0 and at most 3600"),
        ("checkpoint_seconds = nan", "must be seconds, above 0 and at most 3600"),
        ("checkpoint_seconds = true", "must be seconds, above 0 and at most 3600"),
        ('checkpoint_seconds = "soon"', "must be seconds, above 0 and at most 3600"),
        ("host = 1", "must be text"),
    ],
)
def test_a_value_that_does_not_fit_is_a_sentence(tmp_path: Path, line: str, complaint: str):
    name = line.partition(" ")[0]
    with pytest.raises(Misconfigured) as wrong:
        read(tmp_path, line)
    assert wrong.value.message == f"setting {name!r} {complaint}"
    assert wrong.value.hint == next(row.meaning for row in TABLE if row.name == name)


@pytest.mark.parametrize("value", ["0", "65535", " 8088 "])
def test_numbers_come_as_text_from_the_environment(tmp_path: Path, value: str):
    assert read(tmp_path, FAIRGO_PORT=value).port == int(value)


def test_a_broken_file_names_itself_and_the_line(tmp_path: Path):
    with pytest.raises(Misconfigured, match=r"fairgo\.toml is not valid TOML: .*line 2"):
        read(tmp_path, "port = 1\nhost = x\n")
    (tmp_path / "fairgo.toml").write_bytes(b'host = "\xe9"')
    with pytest.raises(Misconfigured, match=r"fairgo\.toml is not valid TOML"):
        read(tmp_path)
    (tmp_path / "fairgo.toml").unlink()
    (tmp_path / "fairgo.toml").mkdir()
    with pytest.raises(Misconfigured, match=r"fairgo\.toml cannot be read"):
        read(tmp_path)


def test_the_two_families_name_a_system(tmp_path: Path):
    settings = read(
        tmp_path, FAIRGO_UPSTREAM_HELP_DESK="http://127.0.0.1:1/v1", FAIRGO_CREDENTIAL_HELP_DESK="s3cret"
    )
    assert variable_of("help-desk") == "HELP_DESK"
    assert settings.upstream_of("help-desk", "http://policy/v1") == "http://127.0.0.1:1/v1"
    assert settings.upstream_of("other", "http://policy/v1") == "http://policy/v1"
    assert settings.credential_of("help-desk") == "s3cret"
    assert settings.credential_of("other") == ""


def test_secrets_are_not_shown(tmp_path: Path):
    settings = read(
        tmp_path, FAIRGO_CREDENTIAL_HELP="s3cret", FAIRGO_DATABASE="postgresql://u:pa55@127.0.0.1/x"
    )
    assert settings.credential_of("help") == "s3cret"
    assert "s3cret" not in repr(settings)
    assert "pa55" not in repr(settings)


def test_settings_stay_as_they_were_read(tmp_path: Path):
    settings = read(tmp_path, FAIRGO_CREDENTIAL_HELP="s3cret")
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.credentials["OTHER"] = "x"  # type: ignore[index]
