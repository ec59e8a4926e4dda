"""Parameters with which a workspace trains in seconds."""

import io

from ruamel.yaml import YAML


def quick(params: str) -> str:
    """The text of a params.yaml with two learners, one try for each and a horizon that a month holds; all else stays."""
    yaml = YAML()
    tree = yaml.load(params)
    del tree["train"]["learners"][2:]
    tree["train"]["tune"] |= {"trials": 1, "splits": 1}
    tree["problem"]["horizon_days"] = 28  # February's outcomes are known when March begins
    text = io.StringIO()
    yaml.dump(tree, text)
    return text.getvalue()


def with_knobs(params: str, **sections: dict[str, object]) -> str:
    """The text of a params.yaml with other knobs in some sections."""
    yaml = YAML()
    tree = yaml.load(params)
    for name, knobs in sections.items():
        tree[name] |= knobs
    text = io.StringIO()
    yaml.dump(tree, text)
    return text.getvalue()


def quickest(params: str) -> str:
    """The text of a params.yaml with one learner as it is, and no figure that takes further fits."""
    yaml = YAML()
    tree = yaml.load(quick(params))
    del tree["train"]["learners"][1:]
    tree["train"]["tune"] |= {"trials": 0}
    tree["evaluate"] |= {"bootstrap": 20, "learning_curve": [], "out_of_time": False}
    tree["gate"] |= {"resamples": 100, "milliseconds": 1000}
    tree["retraining"] |= {"growth": None}
    text = io.StringIO()
    yaml.dump(tree, text)
    return text.getvalue()
