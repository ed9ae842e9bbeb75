"""Two cohorts of subscribers, as Fader and Hardie print them.

*How to Project Customer Retention*, Journal of Interactive Marketing 21(1), 2007: of 1,000
customers each, how many didn't renew at the end of each of seven years.
"""

from __future__ import annotations

CUSTOMERS = 1000

LOSSES = {
    "Regular": [369, 163, 86, 56, 37, 27, 21],
    "High End": [131, 126, 90, 60, 42, 34, 26],
}


def left(losses: list[int]) -> list[float]:
    """Returns the share of a cohort that is there after each of 0, 1, … years."""
    shares = [1.0]
    for lost in losses:
        shares.append(shares[-1] - lost / CUSTOMERS)
    return shares
