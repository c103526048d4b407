"""The house stays acyclic: who may import whom is checked, and the check itself can fail."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
ROOMS = ("kernel", "parties", "valuation", "auctions", "contracts", "market", "app")


def _lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--config", str(config), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, env={"PYTHONPATH": str(folder)}
    )


def test_no_room_reaches_upwards_or_sideways():
    answer = _lint(ROOT, ROOT / "pyproject.toml")

    assert answer.returncode == 0, answer.stdout[-3000:]


def test_a_broken_layer_rule_is_noticed(tmp_path):
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("")
    (tmp_path / "auctions" / "__init__.py").write_text("import contracts\n")
    (tmp_path / "kernel" / "__init__.py").write_text("import market\n")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rooms = next(contract for contract in contracts if contract["name"].startswith("The rooms"))
    config = tmp_path / "linter.ini"
    layers = "\n    ".join(rooms["layers"])
    packages = "\n    ".join(ROOMS)
    config.write_text(
        f"[importlinter]\nroot_packages =\n    {packages}\n"
        f"[importlinter:contract:1]\nname = rooms\ntype = layers\nlayers =\n    {layers}\n"
    )

    answer = _lint(tmp_path, config)

    assert answer.returncode != 0
    assert "auctions is not allowed to import contracts" in answer.stdout
    assert "kernel is not allowed to import market" in answer.stdout
