"""The embedded PostgreSQL is there when asked for, shared while used, gone afterwards, and survives every crash."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kernel.db import embedded
from kernel.db.embedded import accounts, postmaster
from kernel.db.embedded.cluster import Cluster
from kernel.db.embedded.errors import ServedByAnother
from tests.support.embedded import (
    Guest,
    alive,
    ask,
    at_rest,
    comes_true,
    connected,
    do,
    keepers,
    place_of,
    remove,
    server_pid,
    text_of,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder asked for by the tests of this file; its cluster is made once and restarted by each."""
    chosen = tmp_path_factory.mktemp("embedded") / "postgres"
    yield chosen
    remove(chosen)


@pytest.fixture
def new_folder(tmp_path: Path) -> Iterator[Path]:
    chosen = tmp_path / "postgres"
    yield chosen
    remove(chosen)


@pytest.fixture
def host(folder: Path) -> Iterator[embedded.EmbeddedServer]:
    """This process as a user of the database."""
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0.3)
    server.acquire()
    yield server
    server.stop_now()


def test_the_first_start_makes_a_server_that_keeps_the_promises_of_the_house(host: embedded.EmbeddedServer) -> None:
    names = ["data_checksums", "server_encoding", "TimeZone", "listen_addresses", "unix_socket_directories"]

    settings = [ask(host.superuser_url, f"SHOW {name}") for name in names]

    assert settings == ["on", "UTF8", "UTC", "127.0.0.1", ""]
    assert ask(host.url, "SELECT current_database()") == "market"
    assert ask(host.url, "SELECT lower('ÄÖ') || ('b' < 'C')::text") == "äöfalse"


def test_the_application_is_no_superuser_but_may_make_and_become_the_roles_of_the_house(
    host: embedded.EmbeddedServer,
) -> None:
    role = f"market_test_{secrets.token_hex(4)}"

    rights = ask(
        host.url, "SELECT rolname::text || rolsuper || rolcreaterole FROM pg_roles WHERE rolname = session_user"
    )
    with connected(host.url) as connection:
        connection.execute(f"CREATE ROLE {role} NOLOGIN")
        connection.execute(f"GRANT {role} TO session_user")
        connection.execute(f"SET ROLE {role}")
        became = connection.execute("SELECT current_user").fetchone()
        connection.execute("RESET ROLE")
        connection.execute(f"DROP ROLE {role}")

    assert rights == "market_ownerfalsetrue"
    assert became == (role,)


def test_nobody_connects_without_the_password_and_the_password_is_private(host: embedded.EmbeddedServer) -> None:
    stranger = host.url.replace(host.url.split("@")[0], "postgresql+psycopg://market_owner:guess")
    secret = Cluster(host.place).home / "passwords.json"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(stranger, "SELECT 1")

    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(Cluster(host.place).data.stat().st_mode) == 0o700
    assert Cluster(host.place).data.stat().st_uid != 0


def test_a_restart_keeps_what_was_written_and_the_address(folder: Path) -> None:
    first = embedded.EmbeddedServer(folder, fsync=False)
    address = first.acquire()
    do(address, "CREATE TABLE IF NOT EXISTS kept (n int); DELETE FROM kept; INSERT INTO kept VALUES (7)")
    first.stop_now()

    with embedded.running(folder, fsync=False, grace_s=0.3) as again:
        kept = ask(again, "SELECT n FROM kept")

    assert kept == 7
    assert again == address


def test_a_second_process_shares_the_server_and_leaves_it_running(folder: Path, host: embedded.EmbeddedServer) -> None:
    born = ask(host.url, "SELECT pg_postmaster_start_time()")
    guest = Guest.come(folder)

    address, _ = guest.told()
    guest.leave()
    time.sleep(0.5)

    assert address == host.url
    assert ask(host.url, "SELECT pg_postmaster_start_time()") == born


def test_the_last_to_leave_stops_the_server_after_the_grace_period(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=1.5)
    address = server.acquire()

    server.release()
    time.sleep(0.2)
    still_there = alive(address)

    assert still_there
    assert comes_true(lambda: at_rest(server.place))
    assert not alive(address)
    assert "database system is shut down" in text_of(server.place / "server.log")


def test_somebody_who_comes_within_the_grace_period_finds_the_same_server(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=30)
    born = ask(server.acquire(), "SELECT pg_postmaster_start_time()")
    server.release()

    address = server.acquire()
    found = ask(address, "SELECT pg_postmaster_start_time()")
    server.stop_now()

    assert found == born


@pytest.mark.long
def test_every_departure_begins_a_grace_period_of_its_own(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=3)
    born = ask(server.acquire(), "SELECT pg_postmaster_start_time()")
    server.release()
    time.sleep(1.5)
    address = server.acquire()
    server.release()

    time.sleep(2)
    found = ask(address, "SELECT pg_postmaster_start_time()")

    assert found == born
    assert comes_true(lambda: at_rest(server.place))


def test_a_killed_application_leaves_nothing_running(folder: Path) -> None:
    guest = Guest.come(folder)
    address, place = guest.told()

    guest.kill()

    assert comes_true(lambda: at_rest(Path(place)))
    assert not alive(address)


def test_a_killed_server_is_replaced_when_next_asked_for(host: embedded.EmbeddedServer) -> None:
    do(host.url, "CREATE TABLE IF NOT EXISTS promised (n int); TRUNCATE promised; INSERT INTO promised VALUES (1)")

    os.kill(server_pid(host), signal.SIGKILL)
    address = host.acquire()

    assert ask(address, "SELECT n FROM promised") == 1


def test_a_pid_file_whose_number_now_belongs_to_another_process_does_not_block(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0.3)
    server.acquire()
    server.stop_now()
    cluster = Cluster(server.place)
    account = cluster.account()
    innocent = subprocess.Popen(["sleep", "60"], **accounts.become(account))
    pid_file = cluster.data / "postmaster.pid"
    pid_file.write_text(f"{innocent.pid}\n{cluster.data}\n1700000000\n5432\n\n127.0.0.1\n\nready\n")
    os.chown(pid_file, account.uid, account.gid)

    try:
        address = server.acquire()
        answered = alive(address)
        server.stop_now()
        unharmed = innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()

    assert answered
    assert unharmed


def test_rubbish_in_the_port_file_and_left_over_locks_do_not_block(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0.3)
    server.acquire()
    server.stop_now()
    Cluster(server.place).port_file.write_text("not a port")
    (server.place / "cluster.new-0bad0bad").mkdir()

    answered = alive(server.acquire())
    server.stop_now()

    assert answered


def test_a_port_that_is_taken_meanwhile_is_left_alone(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0.3)
    server.acquire()
    server.stop_now()
    former = Cluster(server.place).port()

    with socket.create_server(("127.0.0.1", former or 0)):
        address = server.acquire()
        answered, port = alive(address), Cluster(server.place).port()
    server.stop_now()

    assert answered
    assert port != former


def test_a_port_that_is_taken_between_choosing_and_binding_is_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(postmaster, "_former_port", lambda _cluster: taken.getsockname()[1])
        server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0.3)

        answered = alive(server.acquire())
        server.stop_now()

    assert answered


def test_a_stranger_on_our_port_is_not_told_the_password(host: embedded.EmbeddedServer) -> None:
    cluster = Cluster(host.place)
    host.stop_now()
    heard: list[bytes] = []

    with socket.create_server(("127.0.0.1", cluster.port() or 0)) as listener:
        stranger = threading.Thread(target=_ask_for_a_clear_password, args=(listener, heard))
        stranger.start()
        believed = postmaster.answers(cluster)
        stranger.join(timeout=10)
    host.acquire()

    assert not believed
    assert heard and all(cluster.password("postgres").encode() not in said for said in heard)


def test_a_killed_keeper_is_replaced_by_the_next_who_comes(folder: Path, host: embedded.EmbeddedServer) -> None:
    for pid in keepers(host.place):
        os.kill(pid, signal.SIGKILL)
    assert comes_true(lambda: not keepers(host.place))

    guest = Guest.come(folder)
    guest.told()
    guest.leave()

    assert len(keepers(host.place)) == 1


def test_a_server_started_by_hand_over_the_folder_is_not_fought(folder: Path) -> None:
    server = embedded.EmbeddedServer(folder, fsync=False, grace_s=0.3)
    server.acquire()
    server.stop_now()
    cluster = Cluster(server.place)
    programs = embedded.wheel_bin()
    command = [
        programs / "postgres",
        "-D",
        cluster.data,
        "-c",
        f"config_file={cluster.configuration}",
        "-c",
        "port=54398",
    ]
    with open(os.devnull, "w") as nowhere:
        accounts.launch(command, account=cluster.account(), log=nowhere.fileno(), keep=[])
    assert comes_true(lambda: "ready" in text_of(cluster.data / "postmaster.pid"))

    try:
        with pytest.raises(ServedByAnother):
            server.acquire()
    finally:
        accounts.run(cluster.account(), [programs / "pg_ctl", "stop", "-D", cluster.data, "-m", "immediate", "-w"])


def test_processes_that_start_at_the_same_time_get_one_server(new_folder: Path) -> None:
    guests = [Guest.come(new_folder) for _ in range(3)]

    told = {guest.told() for guest in guests}
    started = text_of(Path(next(iter(told))[1]) / "server.log").count("database system is ready")
    for guest in guests:
        guest.leave()

    assert len(told) == 1
    assert started == 1


@pytest.mark.long
def test_a_starter_killed_half_way_leaves_nothing_that_blocks(new_folder: Path) -> None:
    guest = Guest.come(new_folder)
    place = place_of(new_folder)
    assert comes_true(lambda: any(place.glob("cluster.new-*/data/PG_VERSION")))
    guest.kill()

    with embedded.running(new_folder, fsync=False, grace_s=0) as address:
        answered = alive(address)

    assert answered
    assert not list(place.glob("cluster.new-*"))


@pytest.mark.long
def test_wherever_the_starter_is_killed_the_next_start_succeeds_and_keeps_what_was_committed(new_folder: Path) -> None:
    _sweep(new_folder, [step * 0.05 for step in range(30)])


@pytest.mark.long
def test_many_simultaneous_starters_and_leavers_never_get_two_servers(new_folder: Path) -> None:
    for _ in range(6):
        guests = [Guest.come(new_folder, grace_s=0) for _ in range(6)]
        told = {guest.told() for guest in guests}
        assert len(told) == 1
        for number, guest in enumerate(guests):
            guest.kill() if number % 2 else guest.leave()
        assert comes_true(lambda place=Path(next(iter(told))[1]): at_rest(place))


def _sweep(folder: Path, delays: list[float]) -> None:
    kept = 0
    for delay in delays:
        guest = Guest.come(folder, grace_s=0)
        time.sleep(delay)
        guest.kill()
        with embedded.running(folder, grace_s=0) as address:
            do(address, f"CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES ({kept})")
            kept += 1
            assert ask(address, "SELECT count(*) FROM kept") == kept, delay


def _ask_for_a_clear_password(listener: socket.socket, heard: list[bytes]) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        heard.append(connection.recv(4096))
        connection.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
        try:
            heard.append(connection.recv(4096))
        except OSError:
            heard.append(b"")
