"""Where an embedded database lives: where it was asked for, or else in a place of its own that its server may enter."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
from pathlib import Path

from kernel.db.embedded.accounts import Account, may_enter
from kernel.db.embedded.errors import NoFolder

PRODUCT = "technology-market"
CODE = Path(__file__).resolve().parents[3]
"""The checkout (or site-packages) that this code runs from."""
# PostgreSQL cuts paths at 1,023 bytes and adds up to a hundred of its own.
PATH_BYTES_MAX = 800


def place_for(folder: Path | None, account: Account) -> Path:
    """The folder that holds locks, log and cluster; made if it is not there. Raises NoFolder.

    The folder asked for is taken when we may write there and the server's account may enter it. Otherwise, and when
    none is asked for, the database lives in `home()` under a name that depends on the folder asked for (or on the
    checkout), so that two clones have two databases. Nobody's folder is opened for this: existing ones stay as they are.
    """
    wanted = CODE / ".market" / "postgres" if folder is None else Path(os.path.realpath(folder))
    name = _name(wanted)
    asked_for = [] if folder is None else [wanted]
    for candidate in [*asked_for, *(base / name for base in _bases() if _is_ours(base))]:
        if _is_ours(candidate) and (candidate / "cluster").is_dir():
            return candidate
    if asked_for and _made(wanted, account):
        return wanted
    place = home(account) / name
    if not _made(place, account):
        raise NoFolder(tried=str(place))
    return place


def home(account: Account) -> Path:
    """The place of this product for this user: `/var/lib/technology-market` for root, in the data folder of others."""
    for base in _bases():
        if _made(base, account):
            return base
    raise NoFolder(tried=", ".join(str(base) for base in _bases()))


def _bases() -> list[Path]:
    """Where databases go that cannot live where they were asked for. The home is that of the account, not of `$HOME`."""
    uid = os.geteuid()
    if uid == 0:
        return [Path("/var/lib") / PRODUCT, Path("/var/tmp") / PRODUCT]
    spare = Path("/var/tmp") / f"{PRODUCT}-{uid}"
    try:
        return [Path(pwd.getpwuid(uid).pw_dir) / ".local" / "share" / PRODUCT, spare]
    except KeyError:
        return [spare]


def _name(folder: Path) -> str:
    """A short name for people, made unique by the whole path."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", "-".join(folder.parts[-3:])).strip("-")[-40:]
    return f"{readable}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"


def _may_be_made(folder: Path, account: Account) -> bool:
    if len(os.fsencode(folder)) > PATH_BYTES_MAX:
        return False
    if _exists(folder):
        return _is_ours(folder) and may_enter(account, folder)
    parent = next(above for above in folder.parents if _exists(above))
    return os.access(parent, os.W_OK | os.X_OK, effective_ids=_effective()) and may_enter(account, parent)


def _made(folder: Path, account: Account) -> bool:
    """Make the folder if we may; True when it is there, ours, and open to the server."""
    if not _may_be_made(folder, account):
        return False
    try:
        _make(folder, account)
    except OSError:
        # Where root is told it may write, a full disk or a special file system can still refuse.
        return False
    return _is_ours(folder)


def _make(folder: Path, account: Account) -> None:
    """Make what is missing of the path: private, or as open as the server's account needs to walk through."""
    mode = 0o711 if account.drops else 0o700
    for part in [part for part in (*reversed(folder.parents), folder) if not _exists(part)]:
        try:
            part.mkdir(mode=mode)
        except FileExistsError:
            # Another process makes the same folder at the same time.
            continue
        # The umask may have taken away what the server needs.
        part.chmod(mode)


def _is_ours(folder: Path) -> bool:
    """A real folder of our own that the world may not write to: in a shared place a stranger may have come first."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWOTH


def _exists(folder: Path) -> bool:
    try:
        folder.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _effective() -> bool:
    return os.access in os.supports_effective_ids
