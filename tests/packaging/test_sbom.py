"""The bill of materials names all that is in the bundle, and how it hangs together."""

import json
from pathlib import Path

import notices
import sbom


def test_every_package_of_the_notices_is_listed_once(tmp_path: Path) -> None:
    target = tmp_path / "made" / "sbom.json"

    assert sbom.main([str(target)]) == 0

    bill = json.loads(target.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    listed = [(each["name"], each["version"]) for each in bill["components"]]
    required = [(each.name, each.version) for each in notices.required()]
    assert set(required) == {pair for pair in listed if pair[0] != "Python"}
    assert len(listed) == len(set(listed)) == len(required) + 1
    assert "aiohttp" in dict(listed)
    assert "pytest" not in dict(listed)


def test_what_depends_on_what_leads_from_the_program_to_everything() -> None:
    bill = sbom.bill()

    depends = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    reached: set[str] = set()
    waiting = [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += depends.get(ref, [])
    refs = {each["bom-ref"] for each in bill["components"]}
    assert reached - {bill["metadata"]["component"]["bom-ref"]} == refs


def test_each_package_says_its_licence() -> None:
    for each in sbom.bill()["components"]:
        (licence,) = each["licenses"]
        assert licence.get("expression") or any(licence["license"].values()), each["name"]


def test_the_same_list_has_the_same_number() -> None:
    assert sbom.bill() == sbom.bill()
