"""Writes continuous.json: what scipy gives for data that the continuous methods of core/statistics are tested on.

Requirements: numpy==2.4.6 scipy==1.17.1 mpmath==1.4.1 (Python 3.11), see requirements.txt beside it.

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/continuous.py

Where scipy is not the reference:
- Cramer-von Mises: its statistic is wrong for ties at unequal sizes (equal constant columns of 50 and 20 rows: T = 5.2, p = 1.6e-10).
  Here it is the definition in whole numbers, checked against scipy where scipy is right. Its p-value is 1 less a probability, and
  wrong in the tail (disjoint columns of a million: 4e-6 instead of 0); here it is that of the same law by mpmath, checked against scipy.
- Anderson-Darling: scipy cuts its p-value off at 0.25 and 0.001 and interpolates between. Here it is the limit law by mpmath, and checked
  against scipy's interpolation.
- p-values with ties: the eigenvalues of the limit law, and Smirnov's formula.
- The effect of the energy distance, which scipy does not give: sums of fractions.
- Wasserstein and energy, which have no p-value in scipy: 20,000 permutations.
"""

import csv
import json
import math
import warnings
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
from scipy import stats

from columns import formulas, million

warnings.simplefilter("ignore")
mpmath.mp.dps = 30
random = np.random.default_rng(20110313)
here = Path(__file__).parent
with open(here.parent.parent / "demo" / "data" / "bikeshare_2011.csv", newline="") as file:
    bikes = list(csv.DictReader(file))


def merged(reference, current):
    """Per distinct value, ascending: it, and the values of both sides that are at most it."""
    values = np.unique(np.concatenate([reference, current]))
    counts = [np.searchsorted(np.sort(side), values, side="right") for side in (reference, current)]
    return values, counts[0].astype(object), counts[1].astype(object)


def cramer_von_mises(reference, current):
    """n m / N^2 times the sum over all values of the mean of the squared differences before and after their ties."""
    _, i, j = merged(reference, current)
    n, m = len(reference), len(current)
    differences = np.concatenate([[0], i * m - j * n]) ** 2
    ties = np.diff(np.concatenate([[0], i + j]))
    doubled = int(np.sum(ties * (differences[1:] + differences[:-1])))
    statistic = Fraction(doubled, 2 * n * m * (n + m) ** 2)
    if n > 1 and m > 1 and (n == m or ties.max() == 1):
        of_scipy = stats.cramervonmises_2samp(reference, current, method="asymptotic").statistic
        assert math.isclose(of_scipy, float(statistic), rel_tol=1e-9, abs_tol=1e-12)
    return statistic


def energy(reference, current):
    """Distance and effect from the definition: the integral of the squared difference, and the mean distance of two values."""
    values, i, j = merged(reference, current)
    n, m = len(reference), len(current)
    widths = np.diff(values)
    squares = math.fsum(w * ((a * m - b * n) / (n * m)) ** 2 for w, a, b in zip(widths, i, j))
    distance = math.fsum(w * (a * (m - b) + b * (n - a)) / (n * m) for w, a, b in zip(widths, i, j))
    of_scipy = stats.energy_distance(reference, current)
    assert math.isclose(of_scipy, math.sqrt(2 * squares), rel_tol=1e-9, abs_tol=1e-150)
    return {"statistic": math.sqrt(2 * squares), "effect": math.sqrt(squares / distance) if distance else 0.0}


def angles(value, half):
    """Where to divide the integrals below: near the first zero the integrand is a peak, the narrower the farther out in the tail."""
    width = mpmath.sqrt(2 / (half * value))
    return [0, *(k * width for k in (1, 2, 4, 7, 12) if k * width < 3), mpmath.pi]


def deviation_of(values):
    """Of the population; numpy's loses digits behind an offset."""
    mean = math.fsum(values) / len(values)
    return 0.0 if values.min() == values.max() else math.sqrt(math.fsum((values - mean) ** 2) / len(values))


def limit_survival(value, zeros, determinant):
    """Smirnov's formula for a sum of weighted chi-squared variables: alternating integrals between the zeros of the determinant."""
    total = mpmath.mpf(0)
    for k in range(60):
        low, high = zeros(2 * k + 1), zeros(2 * k + 2)
        middle, half = (low + high) / 2, (high - low) / 2

        def integrand(angle):
            u = middle - half * mpmath.cos(angle)
            return mpmath.exp((low - u) * value / 2) / (u * mpmath.sqrt(abs(determinant(u)))) * half * mpmath.sin(angle)

        # Without the largest factor, since mpmath looks at absolute errors.
        term = mpmath.exp(-low * value / 2) * mpmath.quad(integrand, angles(value, half), method="gauss-legendre")
        total += (-1) ** k * term
        if term < 1e-20 * total:
            break
    return float(min(1, total / mpmath.pi))


def anderson_darling_survival(value):
    return limit_survival(
        value,
        lambda k: mpmath.mpf(k * (k + 1)),
        lambda u: mpmath.cos(mpmath.pi / 2 * mpmath.sqrt(1 + 4 * u)) / (mpmath.pi * u),
    )


def cramer_von_mises_survival(value):
    return limit_survival(
        value,
        lambda k: (k * mpmath.pi) ** 2,
        lambda u: mpmath.sin(mpmath.sqrt(u)) / mpmath.sqrt(u),
    )


def brought_to_the_limit(statistic, n, m):
    """As scipy does: to the mean and the variance of the limit law."""
    total = n + m
    mean = (1 + 1 / total) / 6
    variance = (total + 1) * (4 * n * m * total - 3 * (n * n + m * m) - 2 * n * m) / (180 * total * total * n * m)
    return 1 / 6 + (statistic - mean) / math.sqrt(45 * variance)


def weighted_survival(value, weights):
    """The same for a few weights; with an odd number of them the last integral goes on for ever."""
    zeros = [1 / mpmath.mpf(weight) for weight in sorted(weights, reverse=True) if weight > 1e-12]

    def root_of_others(u, *ends):
        return mpmath.sqrt(abs(mpmath.fprod(1 - u / zero for zero in zeros if zero not in ends)))

    total = mpmath.mpf(0)
    for k in range(0, len(zeros), 2):
        low = zeros[k]
        if k + 1 < len(zeros):
            high = zeros[k + 1]

            def integrand(angle):
                u = (low + high) / 2 - (high - low) / 2 * mpmath.cos(angle)
                return mpmath.exp((low - u) * value / 2) * mpmath.sqrt(low * high) / (u * root_of_others(u, low, high))

            term = mpmath.quad(integrand, angles(value, (high - low) / 2), method="gauss-legendre")
        else:

            def integrand(t):
                u = low + t * t
                return mpmath.exp((low - u) * value / 2) * 2 * mpmath.sqrt(low) / (u * root_of_others(u, low))

            scale = mpmath.sqrt(2 / mpmath.mpf(value))
            term = mpmath.quad(integrand, [0, scale, 4 * scale, 12 * scale], method="gauss-legendre")
        term *= mpmath.exp(-low * value / 2)
        total += (-1) ** (k // 2) * term
        if term < 1e-20 * total:
            break
    return float(min(1, total / mpmath.pi))


def tie_shares(reference, current):
    _, i, j = merged(reference, current)
    return (np.diff(np.concatenate([[0], i + j])) / (len(reference) + len(current))).astype(float)


def weights_of(covariance, weights):
    root = np.sqrt(weights)
    return np.linalg.eigvalsh(root[:, None] * covariance * root[None, :])


def tied_anderson_darling_weights(shares):
    middles = np.cumsum(shares) - shares / 2
    covariance = np.minimum.outer(middles, middles) - np.multiply.outer(middles, middles)
    covariance -= np.diag(shares / 4)
    return weights_of(covariance, shares / np.diag(covariance))


def tied_cramer_von_mises_weights(shares):
    at = np.cumsum(shares)[:-1]
    covariance = np.minimum.outer(at, at) - np.multiply.outer(at, at)
    return weights_of(covariance, (shares[:-1] + shares[1:]) / 2)


def compare(reference, current):
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    n, m = len(reference), len(current)
    shares = tie_shares(reference, current)
    # The law with ties counts every value that holds more than 1/64; where all do, it is exactly this one.
    is_tied = bool((shares > 1 / 64).all() and (shares * (n + m) > 1.5).all())
    is_distinct = bool((shares * (n + m) < 1.5).all())
    is_constant = len(shares) == 1

    ks = {law: stats.ks_2samp(reference, current, method=name) for law, name in (("asymptotic", "asymp"), ("exact", "exact"))
          if law == "asymptotic" or n * m <= 50_000}
    distance = stats.wasserstein_distance(reference, current)

    cvm = cramer_von_mises(reference, current)
    cvm_p = None
    if is_constant or cvm == 0:
        cvm_p = 1.0
    elif is_tied:
        cvm_p = weighted_survival(float(cvm) * (n + m - 1) / (n + m), tied_cramer_von_mises_weights(shares))
    elif is_distinct and n > 1 and m > 1:
        is_exact = max(n, m) <= 12
        cvm_p = stats.cramervonmises_2samp(reference, current, method="exact" if is_exact else "asymptotic").pvalue
        if not is_exact:
            by_mpmath = cramer_von_mises_survival(brought_to_the_limit(float(cvm), n, m))
            assert math.isclose(by_mpmath, cvm_p, rel_tol=1e-6, abs_tol=1e-5), (by_mpmath, cvm_p)
            cvm_p = by_mpmath

    ad = None
    if n + m >= 4 and not is_constant:
        of_scipy = stats.anderson_ksamp([reference, current], variant="midrank")
        value = 1 + of_scipy.statistic * math.sqrt(2 * (math.pi**2 - 9) / 3)
        ad_p = None
        if value <= 0.02:
            ad_p = 1.0
        elif is_tied:
            ad_p = weighted_survival(value, tied_anderson_darling_weights(shares))
        elif is_distinct:
            ad_p = anderson_darling_survival(value)
            if 0.001 < of_scipy.pvalue < 0.25:
                assert math.isclose(ad_p, of_scipy.pvalue, rel_tol=0.03)
        ad = {"statistic": of_scipy.statistic, "pValue": ad_p}

    return {
        "kolmogorovSmirnov": {
            "statistic": ks["asymptotic"].statistic,
            # One value against one value has no effective size; scipy gives nan, we say p = 1.
            **{law: 1.0 if np.isnan(found.pvalue) else found.pvalue for law, found in ks.items()},
        },
        "andersonDarling": ad,
        "cramerVonMises": {"statistic": float(cvm), "pValue": cvm_p},
        "wasserstein": {"statistic": distance, "effect": distance / (deviation_of(reference) or 0.001)},
        "energy": energy(reference, current),
    }


def continuous(name, reference, current):
    return {
        "name": name,
        "reference": np.asarray(reference).tolist(),
        "current": np.asarray(current).tolist(),
        "expected": compare(reference, current),
    }


def bike_column(column, reference, current):
    def month(name):
        return [float(row[column]) for row in bikes if row["mnth"] == name]

    return {
        "name": f"{column} of the bikes, {reference} against {current}",
        "column": column,
        "months": [reference, current],
        "expected": compare(month(reference), month(current)),
    }


def of_a_million(name):
    return {"name": name, "expected": compare(*million(name))}


def permutations(name, reference, current, count=20_000):
    """The share of permutations whose statistics are at least as large as those of the samples."""
    reference, current = np.asarray(reference), np.asarray(current)
    pooled = np.sort(np.concatenate([reference, current]))
    n, m = len(reference), len(current)
    widths = np.diff(pooled)

    def statistics(is_reference):
        difference = (np.cumsum(is_reference, axis=-1) / n - np.cumsum(~is_reference, axis=-1) / m)[..., :-1]
        return np.abs(difference) @ widths, (difference**2) @ widths

    found = statistics(np.argsort(np.concatenate([reference, current]), kind="stable") < n)
    labels = np.arange(n + m) < n
    drawn = [statistics(random.permuted(np.tile(labels, (1000, 1)), axis=1)) for _ in range(count // 1000)]
    p_values = [
        float((1 + sum(int(np.sum(part[k] >= found[k] * (1 - 1e-12))) for part in drawn)) / (count + 1)) for k in range(2)
    ]
    return {
        "name": name,
        "reference": reference.tolist(),
        "current": current.tolist(),
        "wasserstein": {"statistic": float(found[0]), "pValue": p_values[0]},
        "energy": {"statistic": float(np.sqrt(2 * found[1])), "pValue": p_values[1]},
    }


def ranks_by_permutation(name, reference, current, count=20_000):
    method = stats.PermutationMethod(n_resamples=count, rng=np.random.default_rng(7))
    return {
        "name": name,
        "reference": np.asarray(reference).tolist(),
        "current": np.asarray(current).tolist(),
        "pValue": stats.anderson_ksamp([reference, current], variant="midrank", method=method).pvalue,
    }


def normal(mean, deviation, size, digits=4):
    return np.round(random.normal(mean, deviation, size), digits)


def lognormal(median, size, digits=4):
    return np.round(median * random.lognormal(0, 1, size), digits)


def mostly_zeros(share, size):
    return np.round(random.exponential(2, size) * (random.random(size) > share), 3)


zeros_and_rain = np.concatenate([np.zeros(260), np.round(random.exponential(2, 40), 3)])

results = {
    "samples": [
        continuous("normal, shifted by 0.3 standard deviations", normal(0, 1, 300), normal(0.3, 1, 200)),
        continuous("normal, not shifted, few current values", normal(5, 2, 300), normal(5, 2, 12)),
        continuous("normal, 11 values each", normal(0, 1, 11), normal(1, 1, 11)),
        continuous("normal, 9 and 12 values", normal(0, 1, 9), normal(1, 1, 12)),
        continuous("normal, 300 values each, far in the tail", normal(0, 1, 300, 9), normal(0.8, 1, 300, 9)),
        continuous("distinct, not shifted", normal(0, 1, 250, 9), normal(0, 1, 40, 9)),
        continuous("distinct, larger spread", normal(0, 1, 200, 9), normal(0, 1.5, 100, 9)),
        continuous("ties: counts of a Poisson law", random.poisson(3, 300), random.poisson(3.6, 150)),
        continuous("ties: counts of a Poisson law, same size", random.poisson(3, 200), random.poisson(3.4, 200)),
        continuous("five grades", random.integers(1, 6, 120), np.minimum(5, random.integers(1, 7, 80))),
        continuous("zeros and ones", random.binomial(1, 0.05, 300), random.binomial(1, 0.4, 120)),
        continuous("zeros and ones, nearly the same", random.binomial(1, 0.3, 300), random.binomial(1, 0.33, 120)),
        continuous("mostly zeros", zeros_and_rain, np.round(random.exponential(1, 80), 3)),
        continuous("equal constants", np.full(50, 0.1), np.full(20, 0.1)),
        continuous("unequal constants", np.full(50, 5.0), np.full(20, 7.5)),
        continuous("constant reference, varying current", np.full(40, 3.0), normal(3, 1, 60)),
        continuous("single equal values", [4.5], [4.5]),
        continuous("single unequal values", [4.5], [2.0]),
        continuous("single value against many", [0.25], normal(0, 1, 30)),
        continuous("many against a single value", normal(0, 1, 30), [1.25]),
        continuous("disjoint supports, current above", normal(0, 1, 100), normal(100, 1, 100)),
        continuous("disjoint supports, current below", normal(0, 1, 100), normal(-50, 1, 80)),
        continuous("an offset of 1e9 and a little noise", 1e9 + normal(0, 0.01, 200), 1e9 + normal(0.004, 0.01, 150)),
        continuous("heavy tails: Cauchy", np.round(random.standard_cauchy(300), 4), np.round(random.standard_cauchy(200), 4)),
        continuous("heavy tails: lognormal", np.round(random.lognormal(0, 3, 300), 5), np.round(random.lognormal(0.4, 3, 200), 5)),
        continuous("a small unit", normal(2e-6, 1e-7, 200, 10), normal(2.1e-6, 1e-7, 90, 10)),
        continuous("identical samples", np.arange(40) / 8, np.arange(40) / 8),
    ],
    "bikeColumns": [
        bike_column("temp", "Jan", "July"),
        bike_column("hum", "March", "April"),
        bike_column("windspeed", "Jan", "Feb"),
        bike_column("windspeed", "May", "June"),
        bike_column("hr", "Oct", "Nov"),
        bike_column("bikers", "Feb", "Aug"),
    ],
    "million": [of_a_million(name) for name in formulas],
    "permuted": [
        permutations("normal, not shifted", normal(0, 1, 250), normal(0, 1, 40)),
        permutations("normal, shifted", normal(0, 1, 250), normal(0.4, 1, 40)),
        permutations("normal, larger spread", normal(0, 1, 250), normal(0, 1.35, 60)),
        permutations("lognormal, shifted", lognormal(1, 200), lognormal(1.5, 24)),
        permutations("lognormal, far", lognormal(1, 200), lognormal(2, 24)),
        permutations("t with 3 degrees", np.round(random.standard_t(3, 200), 4), np.round(random.standard_t(3, 50) * 1.4, 4)),
        permutations("mostly zeros", mostly_zeros(0.8, 250), mostly_zeros(0.65, 50)),
        permutations("zeros and ones", random.binomial(1, 0.2, 200), random.binomial(1, 0.35, 40)),
    ],
    "rankPermuted": [
        ranks_by_permutation("normal", normal(0, 1, 60), normal(0.6, 1, 30)),
        ranks_by_permutation("mostly zeros", mostly_zeros(0.8, 60), mostly_zeros(0.6, 40)),
        ranks_by_permutation("zeros and ones", random.binomial(1, 0.2, 80), random.binomial(1, 0.36, 50)),
        ranks_by_permutation("counts", random.poisson(2, 70), random.poisson(2.6, 40)),
    ],
    "kolmogorovSurvival": [
        {"n": n, "distance": float(z / np.sqrt(n)), "probability": float(stats.kstwo.sf(z / np.sqrt(n), n))}
        for n in (1, 2, 3, 5, 8, 13, 24, 60, 139, 140, 141, 150, 200, 300, 301, 500, 1013, 1014, 2000, 20000, 100000, 100001, 1000000)
        for z in (0.05, 0.3, 0.4, 0.45, 0.5, 0.52, 0.55, 0.6, 0.8, 1, 1.2, 1.358, 1.48, 1.49, 1.7, 1.99, 2.01, 2.5, 3.5, 5, 7, 10, 15, 18)
        if z / np.sqrt(n) <= 1
    ],
    "limitLaws": {
        "andersonDarling": [[x, anderson_darling_survival(x)] for x in (0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.933, 2.492, 3.857, 6, 10, 20, 40, 80, 160, 320, 640)],
        "cramerVonMises": [[x, cramer_von_mises_survival(x)] for x in (0.005, 0.01, 0.02, 0.05, 0.1, 0.17, 0.3, 0.46136, 0.74346, 1.2, 2, 4, 8, 16, 32, 64, 128)],
    },
}

(here / "continuous.json").write_text(json.dumps(results, indent=1) + "\n")
