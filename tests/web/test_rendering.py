import hashlib
from importlib.resources import files

import pytest

from fairgo.core.errors import Misconfigured
from fairgo.web.static import TYPES, Assets, read_assets
from tests.web.sites import a_client, a_site


def test_what_goes_into_a_page_is_escaped():
    text = a_client().get("/here/show").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text


def test_a_page_names_its_files_under_the_place_it_is_mounted_at():
    address = a_site().assets.address("site.css")
    text = a_client().get("/here/show").text
    assert f'href="/here/static/{address}"' in text


@pytest.mark.parametrize("name", ["site.css", "mark.svg"])
def test_a_file_is_served_whole_typed_and_kept_for_good(name):
    body = files("fairgo.web").joinpath("static", name).read_bytes()
    address = a_site().assets.address(name)
    assert hashlib.sha256(body).hexdigest()[:16] in address
    reply = a_client().get(f"/here/static/{address}")
    assert reply.content == body
    assert reply.headers["content-type"] == TYPES["." + name.split(".")[1]]
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["site.css", "site.0000000000000000.css", "..%2fguards.py", "%2e%2e", "mark.svg%00"]
)
def test_nothing_else_is_served(name):
    assert a_client().get(f"/here/static/{name}").status_code == 404


def test_a_file_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(Misconfigured) as missing:
        a_site().assets.address("sight.css")
    assert "site.css" in missing.value.hint


def test_a_kind_of_file_that_is_not_served_stops_the_start(tmp_path, monkeypatch):
    package = tmp_path / "odd_package"
    (package / "static").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "static" / "page.html").write_text("<p>", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Misconfigured):
        read_assets("odd_package")


def test_no_two_packages_hide_each_others_files():
    assert isinstance(read_assets("fairgo.web"), Assets)
    both = read_assets("fairgo.web", "fairgo.public")
    assert {"site.css", "mark.svg", "chat.js"} == set(both.addresses)
