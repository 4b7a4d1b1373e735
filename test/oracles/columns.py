"""Columns of a million rows that every language makes alike: test/core/statistics/million.ts has the same formulas."""

import numpy as np


def uniform(count, factor, modulus):
    """Distinct numbers in (0, 1) that look random."""
    return (np.arange(count, dtype=np.int64) * factor % modulus + 1) / (modulus + 1)


formulas = {
    "uniform": (lambda u: u, lambda u: u * 1.01),
    "whole numbers from 0 to 999": (lambda u: np.floor(u * 1000), lambda u: np.floor(u * u * 1000)),
    "1e9 and noise": (lambda u: 1e9 + u, lambda u: 1e9 + 0.001 + u),
    "Cauchy": (lambda u: np.tan(np.pi * (u - 0.5)), lambda u: np.tan(np.pi * (u - 0.5)) + 0.01),
    "disjoint": (lambda u: u, lambda u: u + 2),
    "equal constants": (lambda u: u * 0 + 0.1, lambda u: u * 0 + 0.1),
}


def million(name):
    """Reference and current window, not sorted."""
    of_reference, of_current = formulas[name]
    return (
        of_reference(uniform(1_000_000, 7919, 1_000_003)),
        of_current(uniform(900_000, 104_729, 999_983)),
    )
