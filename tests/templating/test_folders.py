from pathlib import Path

import pytest

from keepwell.errors import UsageError
from keepwell.templating.folders import check_overrides, find_templates


def made(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def test_a_checkout_reads_its_own_folder(tmp_path: Path):
    made(tmp_path, "templates/a.j2", "src/keepwell/_templates/a.j2")
    assert find_templates(tmp_path / "src" / "keepwell") == tmp_path / "templates"


def test_a_wheel_reads_what_it_carries_whatever_lies_about(tmp_path: Path):
    made(tmp_path, "templates/a.j2", "site-packages/keepwell/_templates/a.j2")
    package = tmp_path / "site-packages" / "keepwell"
    assert find_templates(package) == package / "_templates"


def test_an_installation_without_templates_says_so(tmp_path: Path):
    with pytest.raises(UsageError, match="no templates"):
        find_templates(tmp_path / "keepwell")


def test_overrides_of_the_same_names_are_accepted(tmp_path: Path):
    ours = made(tmp_path / "ours", "a/b.j2", "c.j2")
    check_overrides(made(tmp_path / "theirs", "a/b.j2"), ours=ours)


def test_a_file_that_replaces_nothing_is_an_error_that_names_the_nearest(tmp_path: Path):
    ours = made(tmp_path / "ours", "cloudflare/firewall.json.j2", "render/render.yaml.j2")
    theirs = made(tmp_path / "theirs", "cloudflare/firewal.json.j2", "README.md")
    with pytest.raises(UsageError, match=r"cloudflare/firewal\.json\.j2") as caught:
        check_overrides(theirs, ours=ours)
    assert "README.md" in caught.value.message
    (theirs / "README.md").unlink()
    with pytest.raises(UsageError) as caught:
        check_overrides(theirs, ours=ours)
    assert caught.value.hint == "the nearest template is cloudflare/firewall.json.j2"


@pytest.mark.parametrize("name", ["missing", "file"])
def test_overrides_have_to_be_a_folder(tmp_path: Path, name: str):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=f"{name} is not a folder"):
        check_overrides(tmp_path / name, ours=tmp_path)
