"""Parameters with which a workspace trains in seconds."""

import io

from ruamel.yaml import YAML


def quick(params: str) -> str:
    """The text of a params.yaml with the first two learners and one try for each; all else stays."""
    yaml = YAML()
    tree = yaml.load(params)
    del tree["train"]["learners"][2:]
    tree["train"]["tune"] |= {"trials": 1, "splits": 1}
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
