"""The folder of evidence, made of a small real bundle."""

import json

import pytest

from churn.bundle.open import open_bundle
from churn.evidence import Facts, write
from support.policy import params
from support.tiny import build_bundle

GATED = {
    "promote": False,
    "reason": "refused: <calibrated>",
    "criteria": [
        {"name": "better than chance", "figure": 0.8, "limit": "AUC above 0.5", "holds": True, "low": None, "high": None},
        {"name": "calibrated | sound", "figure": None, "limit": "at most 0.05", "holds": False, "low": 0.01, "high": 0.2},
    ],
}
PARTS = ["What it is for", "How good it is", "What the gate says", "Parts of the customers", "Fairness",
         "Data and population", "Money", "Limits", "Lineage"]  # fmt: skip


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return open_bundle(build_bundle(tmp_path_factory.mktemp("built") / "bundle"))


@pytest.fixture(scope="module")
def facts(bundle):
    knobs = params()
    return Facts("churn", "7", "run-1", bundle, knobs.problem, knobs.evaluate, GATED, (12, "abc"))


@pytest.fixture(scope="module")
def folder(facts, tmp_path_factory):
    return write(tmp_path_factory.mktemp("evidence") / "version-7", facts, None)


def test_the_card_has_every_part_on_paper_and_on_screen(folder):
    """Both forms hold the same sections; the page needs no other file and shows no text as markup."""
    page, text = ((folder / name).read_text() for name in ("card.html", "card.md"))
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == PARTS
    assert all(f"<h2>{name}</h2>" in page for name in PARTS)
    assert "Refused: &lt;calibrated&gt;." in page
    assert 'src="' not in page
    assert "| **no** |" in text
    assert "calibrated \\| sound" in text
    assert "tenure at most 9" in text


def test_what_it_was_made_of_stands_beside_it(folder, bundle):
    """Lineage names bundle, data, run and the head of the history; the decision is there as it was written."""
    lineage = json.loads((folder / "lineage.json").read_text())
    assert lineage["bundle"] == bundle.fingerprint
    assert (lineage["data"], lineage["run"], lineage["history"]) == ("data-0", "run-1", {"lines": 12, "hash": "abc"})
    assert json.loads((folder / "gate.json").read_text()) == GATED


def test_the_bill_of_materials_lists_the_environment(folder):
    """Each package stands there once, with its version, in the form of CycloneDX."""
    found = json.loads((folder / "materials.json").read_text())
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    names = [one["name"].lower() for one in found["components"]]
    assert len(names) == len(set(names))
    assert {"onnxruntime", "scikit-learn", "churn"} <= set(names)
    assert all(one["purl"] == one["bom-ref"] and one["version"] in one["purl"] for one in found["components"])


def test_writing_again_gives_the_same_bytes(facts, folder, tmp_path, listing):
    """Equal facts give equal files, and what lay there before is gone."""
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "old.txt").write_text("old")
    assert listing(write(tmp_path / "again", facts, None)) == listing(folder)
