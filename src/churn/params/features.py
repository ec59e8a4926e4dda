"""Derived columns."""

from pydantic import Field

from churn.params.section import Section


class Bins(Section):
    """A number cut into intervals."""

    column: str
    edges: tuple[float, ...] = Field(min_length=1)


Pair = tuple[str, str]


class Features(Section):
    """Columns made of other columns, by name; models read them, requests do not bring them."""

    ratios: dict[str, Pair] = Field({}, description="first / second, missing where the second is 0")
    rates: dict[str, Pair] = Field({}, description="first / second, the second at least 1: per month of tenure, say")
    differences: dict[str, Pair] = Field({}, description="first - second")
    products: dict[str, Pair] = Field({}, description="first x second")
    bins: dict[str, Bins] = Field({}, description="intervals of a number, as a category")
    crosses: dict[str, Pair] = Field({}, description="pairs of levels of two categories, as a category")
    from_contract: bool = Field(True, description="also count what is missing and which booleans are true")
