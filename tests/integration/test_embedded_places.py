"""Where the embedded PostgreSQL lives, whose it is, which servers will do, and what is said when it cannot be had."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.db import embedded
from kernel.db.embedded import accounts, binaries
from kernel.db.embedded.cluster import Cluster
from kernel.db.embedded.errors import ClusterNotMade, NotStarted, OtherVersion, ServerNotRunnable
from tests.support.embedded import CHECKOUT, Guest, alive, ask, at_rest, comes_true, place_of, remove

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder asked for by the tests of this file; its cluster is made once and restarted by each."""
    chosen = tmp_path_factory.mktemp("embedded") / "postgres"
    yield chosen
    remove(chosen)


@pytest.fixture(scope="module")
def modes_before(folder: Path) -> dict[Path, int]:
    """How open every folder above the database, the server's programs and the checkout was before the first start."""
    watched = [*folder.parents, *embedded.wheel_bin().parents, CHECKOUT]
    return {path: path.stat().st_mode for path in watched}


@pytest.fixture
def new_folder(tmp_path: Path) -> Iterator[Path]:
    chosen = tmp_path / "postgres"
    yield chosen
    remove(chosen)


@pytest.fixture
def host(folder: Path, modes_before: dict[Path, int]) -> Iterator[embedded.EmbeddedServer]:
    """This process as a user of the database."""
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0.3)
    server.acquire()
    yield server
    server.stop_now()


def test_a_full_disk_is_told_in_one_sentence_and_leaves_nothing(new_folder: Path) -> None:
    guest = Guest.come(new_folder, bytes_max=1_000_000)

    name, text = guest.told()
    guest.leave()

    assert name == ClusterNotMade.__name__
    assert text.startswith("The database folder could not be made; nothing of it was kept.")
    assert "initdb" in text
    assert not [left.name for left in place_of(new_folder).glob("cluster*")]


def test_a_setting_that_the_server_refuses_is_told_with_the_end_of_its_log(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0, options=["no_such_setting=1"])

    with pytest.raises(NotStarted, match="unrecognized configuration parameter"):
        server.acquire()


def test_a_folder_of_another_major_version_is_refused(folder: Path, host: embedded.EmbeddedServer) -> None:
    with pytest.raises(OtherVersion) as refusal:
        embedded.EmbeddedServer(folder, bin_folder=embedded.wheel_bin(16), grace_s=0).acquire()

    assert (refusal.value.folder_major, refusal.value.server_major) == (18, 16)


def test_a_folder_with_spaces_quotes_dollars_and_a_very_long_name_works(tmp_path: Path) -> None:
    outside = Path("/var/tmp" if os.geteuid() == 0 else tmp_path) / f"long-{secrets.token_hex(4)}"
    folder = outside / """a 'quoted' "$HOME" `name` 成果""" / ("x" * 200) / ("y" * 200)

    try:
        with embedded.server(folder, fsync=False, grace_s=0) as server:
            answered, place = alive(server.url), server.place
            server.stop_now()
            assert comes_true(lambda: at_rest(place))
    finally:
        shutil.rmtree(outside)

    assert answered
    assert place == folder


def test_no_existing_folder_becomes_more_open_than_it_was(
    modes_before: dict[Path, int], host: embedded.EmbeddedServer
) -> None:
    modes_now = {path: path.stat().st_mode for path in modes_before}

    assert alive(host.url)
    assert modes_now == modes_before


@root_only
def test_as_root_a_private_folder_is_replaced_by_a_place_that_the_server_may_enter(
    folder: Path, host: embedded.EmbeddedServer
) -> None:
    owner = Cluster(host.place).data.stat().st_uid

    assert Path("/var/lib/technology-market") in host.place.parents
    assert owner != 0
    assert not folder.exists()


@root_only
def test_as_root_a_wheel_in_a_private_folder_is_copied_out_and_left_as_it_was(tmp_path: Path) -> None:
    wheel = embedded.wheel_bin().parents[1]
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    for part in ("bin", "lib", "share"):
        shutil.copytree(wheel / "pginstall18" / part, private / wheel.name / "pginstall18" / part)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), private / f"{wheel.name}.libs")

    found = binaries.runnable(private / wheel.name / "pginstall18" / "bin", accounts.server_account())

    assert private not in found.folder.parents
    assert found.major == 18
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@root_only
def test_another_user_of_the_machine_is_not_locked_out(folder: Path, host: embedded.EmbeddedServer) -> None:
    guest = Guest.come(folder, user="nobody")

    address, place = guest.told()
    guest.leave()

    assert address.startswith("postgresql+psycopg://market_owner:"), place
    assert Path(place) != host.place
    assert address != host.url
    assert comes_true(lambda: at_rest(Path(place)))
    shutil.rmtree(place)


@pytest.mark.long
@pytest.mark.parametrize("programs", ["wheel-16", "debian-15"])
def test_other_servers_from_15_on_will_do(programs: str) -> None:
    folder = embedded.wheel_bin(16) if programs == "wheel-16" else DEBIAN_15
    if not folder.is_dir():
        pytest.skip(f"{folder} is not on this machine")

    with embedded.temporary(bin_folder=folder) as server:
        version, place = int(ask(server.url, "SHOW server_version_num")), server.place
        checked = ask(server.url, "SHOW data_checksums")

    assert version // 10_000 == int(programs.partition("-")[2])
    assert checked == "on"
    assert not place.exists()


def test_programs_that_cannot_be_run_are_named(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("")
    (tmp_path / "initdb").write_text("")

    with pytest.raises(ServerNotRunnable) as refusal:
        binaries.runnable(tmp_path, accounts.server_account())

    assert refusal.value.bin_folder == tmp_path
