"""A part as a worker of a cluster does it."""

import shutil

import pandas as pd

from churn.bundle.manifest import fingerprint as of_bundle
from churn.score import job
from churn.score.plan import Asked
from churn.score.write import Target
from pipelines.scoring import fingerprint, score_part
from support.tiny import ROW, build_bundle


def test_a_worker_that_lives_longer_than_a_run_takes_the_plan_of_the_next(tmp_path):
    """Other customers are scored into the same emptied folder, by a process that has done so before."""
    bundle, out = build_bundle(tmp_path / "bundle"), tmp_path / "out"
    asked = Asked(bundle=str(bundle), fingerprint=of_bundle(bundle), version="1")
    for customer in ("a", "b"):
        source = tmp_path / f"{customer}.parquet"
        pd.DataFrame([ROW | {"customer id": customer}]).to_parquet(source, index=False)
        plan = job.start(str(source), Target(str(out)), asked)
        score_part.fn(str(out), 0, fingerprint(plan))
        assert pd.read_parquet(out)["customer id"].tolist() == [customer]
        shutil.rmtree(out)
