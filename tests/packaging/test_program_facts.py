"""What Windows and macOS are told about the program."""

import ast
import plistlib
import tomllib

import pytest

import program_facts
from wattfare_desktop.system import macos, scheme


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((program_facts.ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert program_facts.project_version() == project["project"]["version"]


def test_windows_counts_in_four_numbers() -> None:
    assert program_facts.four_numbers("1.20.3") == (1, 20, 3, 0)
    assert program_facts.four_numbers("1.2.3rc1") == (1, 2, 3, 0)
    with pytest.raises(ValueError, match="three numbers"):
        program_facts.four_numbers("1.2")


def _called(node: ast.AST, name: str) -> list[ast.Call]:
    return [
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == name
    ]


def test_the_version_resource_is_in_pyinstallers_notation() -> None:
    tree = ast.parse(program_facts.version_resource("1.2.3rc1"), mode="eval")

    (fixed,) = _called(tree, "FixedFileInfo")
    values = {each.arg: ast.literal_eval(each.value) for each in fixed.keywords}
    assert values["filevers"] == values["prodvers"] == (1, 2, 3, 0)
    strings = dict(
        [ast.literal_eval(argument) for argument in each.args]
        for each in _called(tree, "StringStruct")
    )
    assert strings["ProductVersion"] == "1.2.3rc1"
    assert strings["CompanyName"] == program_facts.MAKER
    assert strings["OriginalFilename"] == "wattfare.exe"
    (table,) = _called(tree, "StringTable")
    language = ast.literal_eval(table.args[0])
    (var,) = _called(tree, "VarStruct")
    assert [int(language[:4], 16), int(language[4:], 16)] == ast.literal_eval(var.args[1])


def test_the_application_takes_links_and_stays_out_of_the_dock() -> None:
    info = plistlib.loads(plistlib.dumps(program_facts.mac_info("1.2.3")))

    (links,) = info["CFBundleURLTypes"]
    assert links["CFBundleURLSchemes"] == [scheme.SCHEME]
    assert info["LSUIElement"] is True
    assert info["LSBackgroundOnly"] is False
    assert info["CFBundleShortVersionString"] == info["CFBundleVersion"] == "1.2.3"
    assert "2026" in info["NSHumanReadableCopyright"]


def test_program_and_bundle_have_one_identifier() -> None:
    assert program_facts.BUNDLE_IDENTIFIER == macos.BUNDLE_IDENTIFIER
