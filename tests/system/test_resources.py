"""Tests of ``wattfare_desktop.system.resources``; installed and frozen ones are in integration."""

from wattfare_desktop.system.resources import resource_root


def test_the_trees_resources_are_found() -> None:
    assert (resource_root() / "providers.toml").is_file()
