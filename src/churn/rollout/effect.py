"""What a contact does: leavers among customers who were recommended for contact, beside the control group."""

from dataclasses import dataclass
from math import sqrt

from churn.rollout.shadow import wilson


@dataclass(frozen=True)
class Group:
    """Customers who would have been recommended, and how many of them left."""

    customers: int
    left: int

    @property
    def rate(self) -> float:
        """Share who left."""
        return self.left / self.customers


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def saved_customers(contacted: Group, control: Group) -> Estimate:
    """By how much the rate of leaving is lower among the contacted: how many of all recommended ones a contact saves.

    The difference of two shares with Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10).
    """
    low_c, high_c = wilson(contacted.left, contacted.customers)
    low_n, high_n = wilson(control.left, control.customers)
    c, n = contacted.rate, control.rate
    down, up = sqrt((n - low_n) ** 2 + (high_c - c) ** 2), sqrt((high_n - n) ** 2 + (c - low_c) ** 2)
    return Estimate(n - c, n - c - down, n - c + up)


def saved_share(contacted: Group, control: Group) -> Estimate:
    """The share of would-be leavers whom a contact keeps: 1 - rate(contacted) / rate(control), `save_rate` of params.yaml.

    It is what happens to those who were to be contacted, whether or not somebody reached them. Both groups are drawn by
    hash among customers who would have been recommended, so they differ by chance and by the contact alone. The interval is
    that of a ratio by variance estimates recovered from Wilson's intervals (MOVER-R: Donner and Zou, Statistical Methods in
    Medical Research 21, 2012). Nobody left in the control group: the share is not known, from minus infinity to 1.
    """
    if not control.left:
        return Estimate(float("nan"), float("-inf"), 1.0)
    ratio = _ratio(contacted, control)
    return Estimate(1 - ratio.value, 1 - ratio.high, 1 - ratio.low)


def _ratio(top: Group, bottom: Group) -> Estimate:
    """rate(top) / rate(bottom). Wilson's interval of a rate above 0 begins above 0, so no division fails."""
    a, b = top.rate, bottom.rate
    (low_a, high_a), (low_b, high_b) = wilson(top.left, top.customers), wilson(bottom.left, bottom.customers)
    down = sqrt(max(0.0, (a * b) ** 2 - low_a * high_b * (2 * a - low_a) * (2 * b - high_b)))
    up = sqrt(max(0.0, (a * b) ** 2 - high_a * low_b * (2 * a - high_a) * (2 * b - low_b)))
    low = (a * b - down) / (high_b * (2 * b - high_b))
    high = (a * b + up) / (low_b * (2 * b - low_b))
    return Estimate(a / b, low, high)
