"""Customers: who still buys, how often, and what that is worth.

===================== ===================================================================
`rfm`                 transactions → each customer's past
`BgNbd`, `ParetoNbd`  who still buys, and how often they will
`GammaGamma`          what a customer's purchases are worth
`lifetime_value`      what customers are worth
`ShiftedBetaGeometric` how long subscribers stay
`KaplanMeier`         the share that is still there after a time
`Logistic`            who leaves, from what is known of them
`KMeans`              groups of customers who are alike
===================== ===================================================================

A customer's past is three numbers: ``frequency`` (repeat purchases, the first not counted),
``recency`` (from the first purchase to the last) and ``age`` (from the first purchase to the
end of the time watched; lifetimes calls it ``T``). Times are in one unit, weeks say, and
answers are in it, too.

Examples
--------
>>> from flownote.models.customer import BgNbd
>>> model = BgNbd().fit(frequency, recency, age)
>>> model.probability_alive(frequency, recency, age)
>>> model.predict(frequency, recency, age, periods=39)
"""

from __future__ import annotations

from flownote.models.customer.features import KMeans, Logistic, silhouettes
from flownote.models.customer.purchases import BgNbd, ParetoNbd, lifetime_value
from flownote.models.customer.subscriptions import KaplanMeier, ShiftedBetaGeometric
from flownote.models.customer.transactions import Rfm, rfm
from flownote.models.customer.values import GammaGamma

__all__ = [
    "BgNbd",
    "GammaGamma",
    "KMeans",
    "KaplanMeier",
    "Logistic",
    "ParetoNbd",
    "Rfm",
    "ShiftedBetaGeometric",
    "lifetime_value",
    "rfm",
    "silhouettes",
]

# Users know them by this module, and so do records of artifacts.
for _name in __all__:
    globals()[_name].__module__ = __name__
del _name
