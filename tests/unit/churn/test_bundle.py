import json
from dataclasses import replace

import numpy as np
import pytest

from churn.bundle.manifest import Lineage, Manifest, fingerprint, sha256
from churn.bundle.open import open_bundle
from churn.bundle.pack import export, pack
from churn.errors import BundleCorrupt

FILES = ["model.onnx", "contract.json", "decision.json", "explainer.npz", "metrics.json", "reference.jsonl"]


def refusal(folder):
    """The one line with which a bundle is refused."""
    with pytest.raises(BundleCorrupt) as caught:
        open_bundle(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def vouch_again(folder):
    """Write a manifest that matches whatever the files hold now."""
    Manifest.of(folder, Lineage(data="", params="", commit="")).save(folder)


def test_a_bundle_holds_these_files_and_no_pickle(bundle_folder):
    """A bundle is a graph, JSON and nothing that has to be unpickled."""
    assert {path.name for path in bundle_folder.iterdir()} == {*FILES, "manifest.json"}


def test_a_packed_bundle_opens_and_repeats_its_scores(bundle_folder, rows):
    """Opening a bundle gives back its parts, and scores of reference rows equal the recorded ones."""
    bundle = open_bundle(bundle_folder)
    reference = bundle.reference()
    np.testing.assert_allclose(bundle.score(list(reference.rows)).probability, reference.probability, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(reference.label, rows.label)
    assert bundle.metrics == {"chosen": "blend"}
    assert bundle.manifest.lineage == Lineage(data="data", params="params", commit="commit")


def test_the_reference_holds_what_the_model_reads_and_no_more(tmp_path, rows, contract, fitted, decision, matrix):
    """A column that is no feature, such as a protected one, does not enter the bundle."""
    model = fitted("logistic")
    export(tmp_path / "model", model, contract, rows)
    guarded = replace(rows, frame=rows.frame.assign(gender="female"))
    lineage = Lineage(data="", params="", commit="")
    pack(tmp_path / "model", tmp_path / "bundle", decision, {}, guarded, model.probability(matrix), lineage)
    assert set(open_bundle(tmp_path / "bundle").reference().rows[0]) == set(contract.features)


def test_rows_and_columns_score_alike(bundle_folder, rows):
    """Rows as they arrive and columns of a frame get the same bits."""
    bundle = open_bundle(bundle_folder)
    columns = {name: rows.frame[name] for name in bundle.contract.features}
    one, other = bundle.score_columns(columns), bundle.score(list(bundle.reference().rows))
    np.testing.assert_array_equal(one.probability, other.probability)


def test_keys_that_are_no_features_are_ignored(bundle_folder):
    """An id beside the features does not change a score."""
    bundle = open_bundle(bundle_folder)
    row = bundle.contract.example()
    assert bundle.score([row]).probability == bundle.score([row | {"id": "C1", "left": "Yes"}]).probability


def test_contacts_follow_the_threshold_and_new_levels_are_counted(bundle_folder):
    """A scored row says whom to contact, and how many cells training never saw."""
    bundle = open_bundle(bundle_folder)
    scored = bundle.score([bundle.contract.example() | {"plan": "brand new"}, bundle.contract.example()])
    np.testing.assert_array_equal(scored.contact, scored.probability > bundle.decision.threshold)
    assert scored.unseen == 1


def test_equal_input_gives_equal_bytes(tmp_path, build):
    """Building a bundle twice gives the same bytes in every file."""
    one, other = build(tmp_path / "one"), build(tmp_path / "other")
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in [*FILES, "manifest.json"])
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize("name", FILES)
def test_a_tampered_file_is_refused(bundle_folder, name):
    """One more byte in any file is noticed, and the file is named."""
    with (bundle_folder / name).open("ab") as file:
        file.write(b" ")
    assert name in refusal(bundle_folder)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_missing_file_is_refused(bundle_folder, name):
    """An incomplete bundle is refused, and the missing file is named."""
    (bundle_folder / name).unlink()
    assert name in refusal(bundle_folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_rubbish_is_refused_even_if_the_manifest_vouches_for_it(bundle_folder, name):
    """A file that cannot be read is refused in one line, whatever its hash."""
    (bundle_folder / name).write_bytes(b"\x00 rubbish")
    vouch_again(bundle_folder)
    assert str(bundle_folder) in refusal(bundle_folder)


def test_a_name_that_leaves_the_folder_is_refused(bundle_folder):
    """A manifest that names a file outside of the bundle is refused, although the hash is right."""
    outside = bundle_folder.parent / "outside.txt"
    outside.write_text("secret")
    path = bundle_folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"]["../outside.txt"] = sha256(outside)
    path.write_text(json.dumps(manifest))
    assert "outside.txt" in refusal(bundle_folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff\xfe",
    ],
)
def test_a_manifest_that_is_none_is_refused(bundle_folder, content):
    """A manifest that cannot be read is refused in one line."""
    (bundle_folder / "manifest.json").write_bytes(content)
    assert "manifest.json" in refusal(bundle_folder)


def test_a_manifest_must_vouch_for_every_file_that_is_used(bundle_folder):
    """A manifest that leaves out the graph does not let any graph pass."""
    path = bundle_folder / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["files"]["model.onnx"]
    path.write_text(json.dumps(manifest))
    refusal(bundle_folder)


@pytest.mark.parametrize("wrong", [0.5, float("nan")])
def test_a_wrong_recorded_score_is_refused(bundle_folder, wrong):
    """A bundle that does not repeat its recorded scores contradicts itself and is refused."""
    path = bundle_folder / "reference.jsonl"
    first, *others = path.read_text().splitlines()
    changed = json.dumps(json.loads(first) | {"probability": wrong})
    path.write_text("\n".join([changed, *others]) + "\n")
    vouch_again(bundle_folder)
    assert "away from the recorded scores" in refusal(bundle_folder)
