"""The Dockerfile does what CI tries, and calls commands that exist."""

from __future__ import annotations

import json
import re

from click.testing import CliRunner

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.node import Node
from scheduledwf_server.app import create_app
from scheduledwf_server.cli.main import main
from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import Auth, ServerSettings, WebSettings
from scheduledwf_server.sources import from_environment, settings_of
from tests.docs import shell
from tests.docs.pages import ROOT, page

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf8").replace("\\\n", " ")


def test_it_is_built_by_the_script_that_ci_runs() -> None:
    assert re.search(r"^RUN (\w+=\w+ )*/src/\.ci/image /opt/scheduledwf$", DOCKERFILE, re.MULTILINE)
    assert ".ci/image" in (ROOT / ".ci/run").read_text("utf8")


def test_what_it_runs_are_commands_of_ours() -> None:
    program, *started = said("ENTRYPOINT") + said("CMD")
    checker, *checked = said("CMD", after="HEALTHCHECK")

    assert (program, checker) == ("scheduledwf", "scheduledwf")
    shell.parse(main, started)
    shell.parse(main, checked)


def test_its_environment_is_made_of_settings_and_asks_for_keys() -> None:
    settings = image_settings()

    assert settings.web.auth is Auth.KEYS
    assert f"EXPOSE {settings.web.port}" in DOCKERFILE
    assert f"VOLUME {settings.data_dir}" in DOCKERFILE


def test_its_health_check_is_content_with_a_server_that_asks_for_keys() -> None:
    web = WebSettings(port=0, threads=2, auth=image_settings().web.auth)
    node = Node(MemoryStore(), {})
    node.tick()
    server = WebServer(create_app(node, web), web)
    server.start()

    checked = said("CMD", after="HEALTHCHECK")[1:]
    result = CliRunner().invoke(main, ["--server", server.url, *checked])
    server.stop()

    assert result.exit_code == 0, result.output


def test_its_page_names_the_health_check() -> None:
    assert f"`{' '.join(said('CMD', after='HEALTHCHECK'))}`" in page("howto/image.md").read_text(
        "utf8"
    )


def test_it_does_not_run_as_root() -> None:
    assert re.search(r"^USER (?!root)\w+$", DOCKERFILE, re.MULTILINE)


def said(instruction: str, *, after: str = "") -> list[str]:
    """The words of an instruction in its JSON form, where it stands alone or *after* another."""
    found = re.search(rf"^{after}.*\b{instruction} (\[.*\])$", DOCKERFILE, re.MULTILINE)
    if not after:
        found = re.search(rf"^{instruction} (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found
    return list(json.loads(found[1]))


def image_settings() -> ServerSettings:
    """The settings of a container that is told nothing else."""
    variables = dict(re.findall(r"(SCHEDULEDWF_\w+)=(\S+)", DOCKERFILE))
    return settings_of(from_environment(variables))
