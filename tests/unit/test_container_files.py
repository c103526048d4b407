"""The image holds the product and nothing else, and every container of the composition is confined."""

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def test_every_package_of_the_product_enters_the_image_and_tests_and_data_do_not():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}

    assert "*" in rules
    assert {package.rstrip("*") for package in packages} <= allowed
    assert allowed.isdisjoint({"tests", "docs", "benchmarks", ".git", ".market"})


def test_the_image_installs_by_hash_and_runs_as_an_ordinary_user():
    stages = DOCKERFILE.count("\nFROM ")
    last_user = [line for line in DOCKERFILE.splitlines() if line.startswith("USER ")][-1]

    assert stages == 2
    assert "--require-hashes" in DOCKERFILE
    assert "index-url" not in DOCKERFILE
    assert last_user == "USER 10001:10001"
    assert "/healthz" in DOCKERFILE


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_capability_no_writable_root_and_a_limit_on_everything(name):
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]

    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service["user"].startswith("0")
    assert limits.keys() == {"cpus", "memory", "pids"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_written_into_the_composition(name):
    environment = SERVICES[name].get("environment", {})

    assert not [key for key in environment if "PASSWORD" in key or key.endswith("_URL")]
