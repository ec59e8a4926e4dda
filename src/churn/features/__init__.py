"""What learners see of an encoded row: fitted designs that an ONNX graph can repeat bit for bit.

`design` needs numpy only, so that the server can explain scores; `recipes` fit designs and need scikit-learn.
"""

from churn.features.design import Design

__all__ = ["Design"]
