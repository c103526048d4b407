"""How the embedded database chooses its folder and writes its settings."""

import os
from pathlib import Path

import pytest

from kernel.db.embedded import accounts, folders, postmaster
from kernel.db.embedded.cluster import Cluster
from kernel.db.embedded.errors import NoFolder


@pytest.fixture
def base(tmp_path, monkeypatch):
    """A home for databases that cannot live where they were asked for."""
    home = tmp_path / "home"
    monkeypatch.setattr(folders, "_bases", lambda: [home])
    return home


@pytest.fixture
def me():
    """An account that drops nothing, whoever runs the tests."""
    return accounts.Account(os.geteuid(), os.getegid(), "me", drops=False)


def test_the_folder_asked_for_is_taken_and_private(tmp_path, base, me):
    place = folders.place_for(tmp_path / "clone" / ".market" / "postgres", me)

    assert place == tmp_path / "clone" / ".market" / "postgres"
    assert place.stat().st_mode & 0o777 == 0o700


def test_two_clones_that_cannot_be_written_to_have_two_databases(base, me):
    places = {folders.place_for(Path("/proc") / clone / ".market", me) for clone in ("one", "two")}

    assert len(places) == 2
    assert {place.parent for place in places} == {base}


def test_a_clone_reached_by_a_link_is_the_same_clone(tmp_path, base, me):
    (tmp_path / "clone").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "clone")

    assert folders.place_for(tmp_path / "link" / "db", me) == folders.place_for(tmp_path / "clone" / "db", me)


def test_a_database_that_was_made_in_the_spare_place_stays_there(tmp_path, base, me, monkeypatch):
    folder = tmp_path / "clone"
    monkeypatch.setattr(folders, "PATH_BYTES_MAX", len(os.fsencode(base)) + 64)
    long = folder / ("x" * 100)
    first = folders.place_for(long, me)
    (first / "cluster").mkdir()
    monkeypatch.undo()
    monkeypatch.setattr(folders, "_bases", lambda: [base])

    again = folders.place_for(long, me)

    assert first.parent == base
    assert again == first


def test_a_folder_that_the_world_may_write_to_is_not_trusted(tmp_path, base, me):
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)

    assert folders.place_for(open_to_all, me).parent == base


def test_nowhere_to_live_is_a_refusal_that_says_where_it_looked(monkeypatch, me):
    monkeypatch.setattr(folders, "_bases", lambda: [Path("/proc/nowhere")])

    with pytest.raises(NoFolder, match="/proc/nowhere"):
        folders.place_for(Path("/proc/here"), me)


def test_settings_are_quoted_so_that_no_path_can_end_them():
    text = postmaster._settings(
        Cluster(Path("/a 'b'\\c")), 5432, options=["work_mem=8MB", "log_line_prefix=it's %m "], fsync=True
    )

    assert "include '/a ''b''\\\\c/cluster/data/postgresql.conf'" in text
    assert "work_mem = '8MB'" in text
    assert "log_line_prefix = 'it''s %m '" in text
    assert "fsync" not in text


@pytest.mark.parametrize("option", ["work_mem", "=1", "a b=1", "x\ny=1"])
def test_an_option_that_is_no_setting_is_refused(option):
    with pytest.raises(ValueError, match="name=value"):
        postmaster._settings(Cluster(Path("/a")), 5432, options=[option], fsync=False)
