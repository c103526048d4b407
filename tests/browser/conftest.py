"""A real browser on a real server: Chromium, uvicorn on loopback, and a town of people with something to look at."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.support.house import House
from tests.support.town import Town

VENDOR = Path(__file__).with_name("vendor")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS_MAX = 20


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program; without one the test is skipped, but under CI its absence is a failure."""
    found = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine; install it")
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """One Chromium for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(built_house: House) -> Iterator[str]:
    """The house on loopback, at a port of its own."""
    config = uvicorn.Config(built_house.app, host="127.0.0.1", port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS_MAX
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server does not start"
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="module")
def town(built_house: House, server: Any) -> Iterator[Town]:
    """People and things, the same for every test of a module, which only looks at them."""
    try:
        yield Town.founded(built_house)
    finally:
        server.wipe(built_house.database)


@pytest.fixture
def visiting(browser: Any, address: str) -> Callable[..., Any]:
    """Open pages as somebody: `with visiting(width=320, person=town.seller) as visitor`."""

    @contextmanager
    def open_(*, width: int = 1280, person: Any = None, **settings: Any) -> Iterator[Visitor]:
        context = browser.new_context(viewport={"width": width, "height": 800}, base_url=address, **settings)
        visitor = Visitor(context)
        try:
            if person is not None:
                visitor.sign_in(person)
            yield visitor
        finally:
            context.close()

    return open_


class Visitor:
    """A person before a browser, who notices what breaks the content security policy and what fails in the console."""

    def __init__(self, context: Any) -> None:
        context.add_init_script(
            "window.__violations = []; document.addEventListener('securitypolicyviolation',"
            " event => window.__violations.push(event.violatedDirective + ' ' + event.blockedURI));"
        )
        self.page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url} {request.failure}"))

    def sign_in(self, person: Any) -> None:
        """Sign in by the form, as everybody does."""
        self.page.goto("/sign-in")
        self.page.get_by_label("邮箱").fill(person.email)
        self.page.get_by_label("密码").fill(person.password)
        self.page.get_by_role("main").get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/desk")

    def go(self, path: str) -> int:
        """Look at a page; its status."""
        answer = self.page.goto(path)
        self.page.wait_for_load_state("load")
        return int(answer.status)

    def violations(self) -> list[str]:
        """What the content security policy has blocked on this page."""
        return list(self.page.evaluate("window.__violations"))

    def invisible(self) -> list[str]:
        """Elements whose text has the very colour of their own background: axe calls that undecided, not a violation."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll("a, button, span, p, td, th, label")].filter((one) => {
                const style = getComputedStyle(one);
                return one.textContent.trim() && style.color === style.backgroundColor;
            }).map((one) => `${one.tagName} ${one.textContent.trim()} is invisible`)"""
        )

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def axe(self) -> list[str]:
        """What axe finds against WCAG 2.2 A and AA. Evaluated, not added to the page: the policy would block it."""
        self.page.evaluate((VENDOR / "axe.min.js").read_text("utf-8"))
        rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        found = self.page.evaluate("rules => axe.run(rules)", rules)
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
