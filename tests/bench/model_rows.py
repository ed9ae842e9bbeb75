"""What is compared of models: each script of Flownote's beside a peer's, and the targets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A line of the table: one task of both scripts."""

    title: str
    target: float | None = None
    """How many times as fast as the peer Flownote should be."""
    near: float | None = None
    """How far apart both results may be, relatively; that of the comparison by default."""


@dataclass(frozen=True)
class Comparison:
    """A script of Flownote's beside a peer's: both print seconds and results by task."""

    name: str
    peer: str
    packages: tuple[str, ...]
    """The peer's, of which the version is told."""
    place: str
    """The environment in which it is installed."""
    ours: str
    theirs: str
    rows: dict[str, Row]
    near: float
    """How far apart results may be, relatively: peers stop their search earlier, say."""


PLACES = {"models": "requirements.txt", "bandits": "requirements-bandits.txt"}
"""Environments, and what is installed in each: what they want doesn't go together."""

DATA = {"models": "recbole==1.2.1", "bandits": "obp==0.4.1"}
"""What is installed without what it asks for: of these, the data and the estimators alone are
used, which don't need PyTorch."""

COMPARISONS = [
    Comparison(
        name="customers",
        peer="lifetimes",
        packages=("lifetimes",),
        place="models",
        ours="cdnow_flownote.py",
        theirs="cdnow_lifetimes.py",
        rows={
            "bg_nbd": Row("BG/NBD fit, CDNOW", 10),
            "pareto_nbd": Row("Pareto/NBD fit, CDNOW"),
            "gamma_gamma": Row("Gamma-Gamma fit, CDNOW"),
        },
        near=2e-3,
    ),
    Comparison(
        name="factors",
        peer="implicit",
        packages=("implicit",),
        place="models",
        ours="recommend_flownote.py",
        theirs="recommend_implicit.py",
        rows={
            "ials_movielens": Row("iALS fit, 64 factors, ML-100K", 2),
            "top_movielens": Row("top 10 of all members, ML-100K", 2),
            "ials_synthetic": Row("iALS fit, 64 factors, synthetic 1 M events", 2),
            "top_synthetic": Row("top 10 of all members, synthetic 1 M events", 2),
        },
        # Both see the same held-out events; their searches begin elsewhere.
        near=0.05,
    ),
    Comparison(
        name="ease",
        peer="NumPy and SciPy",
        packages=("numpy", "scipy"),
        place="models",
        ours="ease_flownote.py",
        theirs="ease_scipy.py",
        rows={
            "ease_movielens": Row("EASE fit, ML-100K", 1),
            "ease_synthetic": Row("EASE fit, synthetic 1 M events", 1),
        },
        near=1e-6,
    ),
    Comparison(
        name="frames",
        peer="OpenCV and NumPy; PySceneDetect",
        packages=("opencv-python", "scenedetect"),
        place="models",
        ours="frames_flownote.py",
        theirs="frames_opencv.py",
        rows={
            "measures": Row("17 measures of 48 frames, 1280 × 720", 2),
            "content": Row("cuts by content, 48 frames", 2),
            "adaptive": Row("adaptive cuts, 48 frames", 2),
            "hash": Row("cuts by hashes, 48 frames", 2),
        },
        # They compute in 32 bits.
        near=2e-3,
    ),
    Comparison(
        name="estimators",
        peer="obp",
        packages=("obp",),
        place="bandits",
        ours="estimators_flownote.py",
        theirs="estimators_obp.py",
        rows={
            "ips": Row("IPS, 10,000 rounds of 80 actions", 20),
            "snips": Row("SNIPS", 20),
            "dr": Row("doubly robust", 20),
            "switch": Row("Switch-DR", 20),
            # Each draws by itself: the ends of intervals are as far apart as draws are.
            "ips_interval": Row("IPS, interval of 1,000 resamples", 20, near=0.02),
            "dr_interval": Row("doubly robust, interval of 1,000 resamples", 20, near=0.02),
            "switch_interval": Row("Switch-DR, interval of 1,000 resamples", 20, near=0.02),
        },
        near=1e-9,
    ),
    Comparison(
        name="linear",
        peer="mabwiser",
        packages=("mabwiser",),
        place="bandits",
        ours="linear_flownote.py",
        theirs="linear_mabwiser.py",
        rows={
            "linucb_stream": Row("LinUCB, 500 rounds chosen and learnt one at a time", 50),
            "lints_stream": Row("LinTS, 500 rounds chosen and learnt one at a time", 50),
            "linucb_fit": Row("LinUCB fit, 5,000 rounds, 10 arms, 10 numbers", 50),
            "linucb_choose": Row("LinUCB, 5,000 choices", 50, near=1e-9),
            "lints_fit": Row("LinTS fit, 5,000 rounds", 50),
            # What is drawn differs: what it is worth differs less.
            "lints_choose": Row("LinTS, 5,000 choices", 50, near=0.01),
        },
        near=1e-9,
    ),
    Comparison(
        name="vowpal",
        peer="Vowpal Wabbit",
        packages=("vowpalwabbit",),
        place="bandits",
        ours="linear_flownote.py",
        theirs="linear_vowpal.py",
        rows={
            "linucb_stream": Row("LinUCB, 500 rounds; the peer: ε-greedy by gradient steps"),
            "linucb_fit": Row("LinUCB fit, 5,000 rounds; the peer as above"),
            "linucb_choose": Row("LinUCB, 5,000 choices; the peer as above"),
        },
        # Another algorithm: what both choose is about as good.
        near=0.05,
    ),
]
