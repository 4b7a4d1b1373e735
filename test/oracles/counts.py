"""Writes counts.json: what the methods on counts of core/statistics must give, and the laws behind their p-values.

Requirements: numpy==2.4.6 scipy==1.17.1 (Python 3.11), see requirements.txt beside it.

    python3 -m venv /tmp/venv-oracles
    /tmp/venv-oracles/bin/pip install -r test/oracles/requirements.txt
    /tmp/venv-oracles/bin/python test/oracles/counts.py

Statistics are the defining formulas in decimals of 50 digits; scipy is held against them here where it has the method.
Probabilities are exact (whole numbers) for tables that can be enumerated, and from scipy otherwise.
"""

import csv
import itertools
import json
import math
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

from columns import formulas, million

getcontext().prec = 50
random = np.random.default_rng(19000701)
here = Path(__file__).parent
two = Decimal(2)


def occurring(reference, current):
    pairs = [(a, b) for a, b in zip(reference, current, strict=True) if a + b > 0]
    return [a for a, _ in pairs], [b for _, b in pairs]


def shares(counts):
    return [Decimal(count) / sum(counts) for count in counts]


def smoothed(counts):
    half = Decimal(1) / 2
    return [(count + half) / (sum(counts) + half * len(counts)) for count in counts]


def log_ratio(p, q):
    """p ln(p / q), 0 for nothing."""
    return p * (p / q).ln() if p > 0 else Decimal(0)


def population_stability_index(reference, current):
    return sum((p - q) * (p / q).ln() for p, q in zip(smoothed(reference), smoothed(current)))


def kullback_leibler(reference, current):
    return sum(log_ratio(q, p) for p, q in zip(smoothed(reference), smoothed(current)))


def jensen_shannon_squared(reference, current):
    pairs = list(zip(shares(reference), shares(current)))
    return sum(log_ratio(p, (p + q) / 2) + log_ratio(q, (p + q) / 2) for p, q in pairs) / 2 / two.ln()


def hellinger_squared(reference, current):
    return sum((p.sqrt() - q.sqrt()) ** 2 for p, q in zip(shares(reference), shares(current))) / 2


def total_variation(reference, current):
    return sum(abs(p - q) for p, q in zip(shares(reference), shares(current))) / 2


def l_infinity(reference, current):
    return max(abs(p - q) for p, q in zip(shares(reference), shares(current)))


def expected_counts(reference, current):
    n, m = sum(reference), sum(current)
    return [
        (Decimal(a + b) * n / (n + m), Decimal(a + b) * m / (n + m)) for a, b in zip(reference, current)
    ]


def pearson(reference, current):
    return sum(
        (a - e) ** 2 / e + (b - f) ** 2 / f
        for a, b, (e, f) in zip(reference, current, expected_counts(reference, current))
    )


def likelihood_ratio(reference, current):
    return 2 * sum(
        log_ratio(Decimal(a), e) + log_ratio(Decimal(b), f)
        for a, b, (e, f) in zip(reference, current, expected_counts(reference, current))
    )


def cramers_v(reference, current):
    return (sum((p - q) ** 2 / (p + q) for p, q in zip(shares(reference), shares(current))) / 2).sqrt()


def merge_rare(reference, current):
    """Levels expected 1 to 5 times as one, those expected less often as another; how many at the end are still rare."""
    least = [min(cells) for cells in expected_counts(reference, current)]
    common = [level for level, value in enumerate(least) if value >= 5]
    if not common:
        return reference, current, len(reference)
    groups = [
        [level for level, value in enumerate(least) if low <= value < high] for low, high in ((1, 5), (0, 1))
    ]
    groups = sorted((group for group in groups if group), key=lambda group: -sum(least[level] for level in group))
    merged = [
        [side[level] for level in common] + [sum(side[level] for level in group) for group in groups]
        for side in (reference, current)
    ]
    return *merged, sum(sum(least[level] for level in group) < 5 for group in groups)


def dealings(totals, rows):
    """Every way to deal rows out of bins with these totals."""
    if len(totals) == 1:
        if rows <= totals[0]:
            yield (rows,)
        return
    for given in range(min(totals[0], rows) + 1):
        for rest in dealings(totals[1:], rows - given):
            yield (given, *rest)


def enumerated(measure, reference, current):
    """How probable is a measure of at least that of the table, all tables with its margins considered."""
    totals = [a + b for a, b in zip(reference, current)]
    observed = float(measure(reference, current))
    favourable = 0
    for dealt in dealings(totals, sum(current)):
        kept = [total - given for total, given in zip(totals, dealt)]
        if float(measure(kept, dealt)) >= observed * (1 - 1e-9):
            favourable += math.prod(math.comb(total, given) for total, given in zip(totals, dealt))
    return float(Fraction(favourable, math.comb(sum(totals), sum(current))))


def with_rare_levels(measure, weight, rare, reference, current):
    """Exact in the last levels, chi-squared in the others; the smaller side is dealt to."""
    if sum(reference) < sum(current):
        reference, current = current, reference
    n, m = sum(reference), sum(current)
    totals = [a + b for a, b in zip(reference[-rare:], current[-rare:])]
    statistic = float(measure(reference, current))
    degrees = len(reference) - rare - 1
    probability = 0.0
    for given in itertools.product(*(range(min(total, m, 60) + 1) for total in totals)):
        others = n - sum(totals) + sum(given), m - sum(given)
        if min(others) < 0:
            continue
        kept = [total - count for total, count in zip(totals, given)]
        left = statistic * (1 - 1e-9) - float(measure([*kept, others[0]], [*given, others[1]]))
        settled = degrees == 0 or 0 in others
        within = float(left <= 0) if settled else stats.chi2.sf(left / weight((n, m), others), degrees)
        exact, sizes = Fraction(1), [n, m]
        for total, off, on in zip(totals, kept, given):
            exact *= Fraction(math.comb(sizes[0], off) * math.comb(sizes[1], on), math.comb(sum(sizes), total))
            sizes = [sizes[0] - off, sizes[1] - on]
        probability += float(exact) * within
    return min(1.0, probability)


def pearson_weight(all_sizes, others):
    spread = [(n + m) ** 2 / (n * m) for n, m in (all_sizes, others)]
    return spread[0] / spread[1]


def homogeneity(measure, weight, reference, current):
    reference, current, rare = merge_rare(reference, current)
    statistic = measure(reference, current)
    if len(reference) == 1:
        p_value = 1.0
    elif rare == 0:
        p_value = float(stats.chi2.sf(float(statistic), len(reference) - 1))
        kind = "pearson" if measure is pearson else "log-likelihood"
        test = stats.chi2_contingency([reference, current], lambda_=kind, correction=False)
        assert math.isclose(test.statistic, float(statistic), rel_tol=1e-6, abs_tol=1e-6), (reference, current)
    elif rare < len(reference):
        p_value = with_rare_levels(measure, weight, rare, reference, current)
    else:
        p_value = enumerated(measure, reference, current)
    return {
        "statistic": float(statistic),
        "pValue": p_value,
        "effect": float(cramers_v(reference, current)),
        "levels": len(reference),
    }


def cohens_h(reference, current):
    angles = [2 * math.atan2(math.sqrt(second), math.sqrt(first)) for first, second in (reference, current)]
    return abs(angles[0] - angles[1])


def fisher_p_value(reference, current):
    """Sums outwards from the most probable table; scipy gives the same where it can."""
    (a, b), (c, d) = reference, current
    marked, drawn, total = b + d, c + d, a + b + c + d
    low, high = max(0, marked + drawn - total), min(marked, drawn)
    mode = min(high, max(low, (marked + 1) * (drawn + 1) // (total + 2)))
    relative = {mode: 1.0}
    for at in range(mode, high):
        relative[at + 1] = relative[at] * (marked - at) * (drawn - at) / ((at + 1) * (total - marked - drawn + at + 1))
        if relative[at + 1] < 1e-290:
            break
    for at in range(mode, low, -1):
        relative[at - 1] = relative[at] * at * (total - marked - drawn + at) / ((marked - at + 1) * (drawn - at + 1))
        if relative[at - 1] < 1e-290:
            break
    limit = relative[d] * (1 + 1e-10)
    p_value = math.fsum(value for value in relative.values() if value <= limit) / math.fsum(relative.values())
    if total < 10**6:
        assert math.isclose(stats.fisher_exact([reference, current]).pvalue, p_value, rel_tol=1e-8), (reference, current)
    return p_value


def two_levels(reference, current):
    if len(reference) > 2:
        return None
    if len(reference) == 1:
        nothing = {"statistic": 0.0, "pValue": 1.0, "effect": 0.0}
        return {"fisherExact": {**nothing, "statistic": 1.0}, "twoProportionZ": nothing}
    (a, b), (c, d) = reference, current
    n, m = a + b, c + d
    pooled = Decimal(b + d) / (n + m)
    z = (Decimal(d) / m - Decimal(b) / n) / (pooled * (1 - pooled) * (Decimal(1) / n + Decimal(1) / m)).sqrt()
    half = Decimal(1) / 2 if 0 in (a, b, c, d) else 0
    effect = cohens_h(reference, current)
    is_rare = merge_rare(reference, current)[2] > 0
    by_chi_squared = homogeneity(pearson, pearson_weight, reference, current)["pValue"]
    return {
        "fisherExact": {
            "statistic": float((a + half) * (d + half) / ((b + half) * (c + half))),
            "pValue": fisher_p_value(reference, current),
            "effect": effect,
        },
        "twoProportionZ": {
            "statistic": float(z),
            "pValue": by_chi_squared if is_rare else float(2 * stats.norm.sf(abs(float(z)))),
            "effect": effect,
        },
    }


def compared(reference, current):
    a, b = occurring(reference, current)
    js = float(jensen_shannon_squared(a, b).sqrt())
    assert math.isclose(float(np.nan_to_num(jensenshannon(a, b, base=2))), js, rel_tol=1e-5, abs_tol=1e-7)
    kl = float(kullback_leibler(a, b))
    by_scipy = stats.entropy([float(q) for q in smoothed(b)], [float(p) for p in smoothed(a)])
    assert math.isclose(by_scipy, kl, rel_tol=1e-5, abs_tol=1e-12)
    return {
        "psi": float(population_stability_index(a, b)),
        "kullbackLeibler": kl,
        "jensenShannon": js,
        "hellinger": float(hellinger_squared(a, b).sqrt()),
        "totalVariation": float(total_variation(a, b)),
        "lInfinity": float(l_infinity(a, b)),
        "chiSquared": homogeneity(pearson, pearson_weight, a, b),
        "gTest": homogeneity(likelihood_ratio, lambda *_: 1, a, b),
        "twoLevels": two_levels(a, b),
    }


def case(name, reference, current):
    reference, current = [int(count) for count in reference], [int(count) for count in current]
    return {"name": name, "reference": reference, "current": current, "expected": compared(reference, current)}


def zipf(levels):
    weights = 1 / np.arange(1, levels + 1)
    return weights / weights.sum()


with open(here.parent.parent / "demo" / "data" / "bikeshare_2011.csv", newline="") as file:
    bikes = list(csv.DictReader(file))


def bike_levels(column, reference, current):
    def month(name):
        return [row[column] for row in bikes if row["mnth"] == name]

    levels = sorted(set(month(reference) + month(current)))
    counts = [[month(name).count(level) for level in levels] for name in (reference, current)]
    return case(f"{column} of the bikes, {reference} against {current}", *counts)


def bin_counts(reference, current):
    """The frozen bins: at the nine inner deciles, merged; below, at and above where they are one value."""
    deciles = np.unique(np.quantile(reference, np.arange(1, 10) / 10))
    edges = deciles[deciles > reference.min()]
    if len(deciles) == 1:
        edges = np.array([deciles[0], np.nextafter(deciles[0], np.inf)])
    return [
        np.bincount(np.searchsorted(edges, side, side="right"), minlength=len(edges) + 1).tolist()
        for side in (reference, current)
    ]


def of_bins(reference, current):
    counts = bin_counts(reference, current)
    found = compared(*counts)
    distances = ("psi", "kullbackLeibler", "jensenShannon", "hellinger", "totalVariation", "lInfinity")
    return {
        "bins": {"reference": counts[0], "current": counts[1]},
        "expected": {key: found[key] for key in distances},
    }


def binned(name, reference, current):
    return {
        "name": name,
        "reference": reference.tolist(),
        "current": current.tolist(),
        **of_bins(reference, current),
    }


measures = {
    "psi": population_stability_index,
    "kullbackLeibler": kullback_leibler,
    "jensenShannon": jensen_shannon_squared,
    "hellinger": hellinger_squared,
    "totalVariation": total_variation,
}


def permuted(name, reference, current):
    """Exact p-values of tables that can be enumerated."""
    return {
        "name": name,
        "reference": reference,
        "current": current,
        "pValues": {key: enumerated(measure, reference, current) for key, measure in measures.items()},
        "lInfinity": enumerated(l_infinity, reference, current),
    }


def drawn(name, reference, current, draws=200_000):
    """p-values from so many random dealings, for tables that are too many."""
    a, b = np.array(reference), np.array(current)
    dealt = random.multivariate_hypergeometric(a + b, b.sum(), size=draws)
    n, m, k = a.sum(), b.sum(), len(a)

    def statistics(kept, given):
        p, q = kept / n, given / m
        s, t = (kept + 0.5) / (n + k / 2), (given + 0.5) / (m + k / 2)
        middle = (p + q) / 2
        return {
            "psi": np.sum((s - t) * np.log(s / t), axis=-1),
            "kullbackLeibler": np.sum(t * np.log(t / s), axis=-1),
            "jensenShannon": np.sum(special.rel_entr(p, middle) + special.rel_entr(q, middle), axis=-1) / 2,
            "hellinger": np.sum((np.sqrt(p) - np.sqrt(q)) ** 2, axis=-1) / 2,
            "totalVariation": np.sum(np.abs(p - q), axis=-1) / 2,
        }

    observed, of_draws = statistics(a, b), statistics(a + b - dealt, dealt)
    return {
        "name": name,
        "reference": reference,
        "current": current,
        "pValues": {key: float(np.mean(of_draws[key] >= observed[key] * (1 - 1e-9))) for key in measures},
    }


def law(values):
    return [[*arguments, float(probability)] for arguments, probability in values if probability > 1e-300]


counts = {
    "tables": [
        bike_levels("weathersit", "May", "Aug"),
        bike_levels("weathersit", "Jan", "March"),
        bike_levels("weekday", "Feb", "Oct"),
        case("three levels", [10, 20, 30], [30, 20, 10]),
        case("equal counts", [10, 20, 30], [10, 20, 30]),
        case("equal shares", [100, 200, 300], [10, 20, 30]),
        case("one level on both sides", [70], [30]),
        case("one level, and empty ones", [0, 5000, 0], [0, 3, 0]),
        case("one value against one equal value", [1], [1]),
        case("one value against another", [1, 0], [0, 1]),
        case("one value against many", [400, 300, 200, 100], [0, 0, 1, 0]),
        case("disjoint supports", [50, 50, 0, 0], [0, 0, 20, 20]),
        case("all current values unseen", [1000, 0], [0, 12]),
        case("a single new value in a small window", [5000, 3000, 2000, 0], [12, 7, 4, 1]),
        case("five new values in a small window", [5000, 3000, 2000, 0], [10, 5, 4, 5]),
        case("a level lost", [500, 300, 200], [60, 40, 0]),
        case("a rare level lost", [6000, 3900, 100], [60, 40, 0]),
        case("rare levels merged", [500, 300, 6, 4], [40, 35, 3, 2]),
        case("rare and very rare levels merged apart", [5000, 3000, 1000, 500, 300, 150, 40, 9, 1, 0], [80, 48, 20, 8, 7, 2, 1, 1, 0, 1]),
        case("rare levels merged, and rare no more", [500, 300, 60, 60, 60], [50, 30, 2, 4, 9]),
        case("a small reference, a large current window", [8, 6, 2], [50_000, 40_000, 1_000]),
        case("every level rare", [125, 125, 125, 125], [12, 0, 0, 0]),
        case("every level rare, weekdays of a day", [300, 310, 290, 305, 295, 300, 302], [3, 1, 0, 0, 2, 1, 2]),
        case("two levels, many", [9000, 1000], [8800, 1200]),
        case("two levels, few", [8, 2], [1, 5]),
        case("two levels, tied tables", [5, 3], [3, 5]),
        case("two levels, one empty cell", [40, 0], [20, 6]),
        case("two levels, a single new value", [10_000, 0], [23, 1]),
        case("two levels at 10^6", [900_000, 100_000], [899_200, 100_800]),
        case("two levels at 10^9", [900_000_000, 100_000_000], [899_970_000, 100_030_000]),
        case("two levels at 10^9 against 168", [900_000_000, 100_000_000], [140, 28]),
        case("ten bins of a week of hours", [1000] * 10, [10, 22, 17, 16, 30, 12, 18, 15, 14, 14]),
        case("ten bins at 10^6", [100_000] * 10, random.multinomial(10**6, np.full(10, 0.1))),
        case("ten bins at 10^9", [100_000_000] * 10, random.multinomial(10**9, np.full(10, 0.1))),
        case("ten bins at 10^9, shifted", [100_000_000] * 10, np.arange(91, 110, 2) * 10**6),
        case("skew", [10**6, 10**5, 10**4, 10**3, 100, 10, 1], [10**5, 10**4, 999, 120, 15, 0, 0]),
        case("forty levels", random.multinomial(4000, np.full(40, 1 / 40)), random.multinomial(1000, np.full(40, 1 / 40))),
        case("a thousand levels", random.multinomial(10**6, zipf(1000)), random.multinomial(2 * 10**5, zipf(1000))),
        case("a thousand levels, the current ones half of them", random.multinomial(10**5, zipf(1000)), [*random.multinomial(10**4, zipf(500)), *([0] * 500)]),
    ],
    "binned": [
        binned("normal", np.round(random.normal(0, 1, 120), 4), np.round(random.normal(0.3, 1, 60), 4)),
        binned("ties: counts of a Poisson law", random.poisson(3, 120).astype(float), random.poisson(3.6, 60).astype(float)),
        binned("mostly zeros", np.concatenate([np.zeros(100), np.round(random.exponential(2, 20), 3)]), np.round(random.exponential(1, 40), 3)),
        binned("zeros and ones", random.binomial(1, 0.05, 100).astype(float), random.binomial(1, 0.4, 40).astype(float)),
        binned("a constant that moves", np.full(30, 5.0), np.full(10, 7.5)),
        binned("equal constants", np.full(30, 0.1), np.full(10, 0.1)),
        binned("single values", np.array([4.5]), np.array([2.0])),
        binned("a single value against many", np.array([0.25]), np.round(random.normal(0, 1, 30), 4)),
        binned("many against a single value", np.round(random.normal(0, 1, 30), 4), np.array([1.25])),
        binned("disjoint supports", np.round(random.normal(0, 1, 50), 4), np.round(random.normal(100, 1, 40), 4)),
        binned("heavy tails", np.round(random.standard_cauchy(120), 4), np.round(random.lognormal(0.4, 3, 60), 5)),
        binned("an offset of 1e9 and a little noise", 1e9 + random.normal(0, 0.01, 120), 1e9 + random.normal(0.004, 0.01, 60)),
    ],
    "binnedMillion": [{"name": name, **of_bins(*million(name))} for name in formulas],
    "enumerated": [
        permuted("24 rows in two bins", [5000, 5000], [7, 17]),
        permuted("168 rows in two bins", [9500, 500], [153, 15]),
        permuted("8 rows in five bins", [2000] * 5, [4, 0, 2, 2, 0]),
        permuted("12 rows in four skewed levels", [7000, 2000, 900, 100], [6, 2, 3, 1]),
        permuted("a reference smaller than the window", [4, 1, 5], [60, 50, 40]),
        permuted("as many rows on both sides", [9, 5, 6], [4, 11, 5]),
    ],
    "drawn": [
        drawn("24 rows in ten bins", [1000] * 10, [6, 2, 1, 0, 3, 5, 0, 4, 1, 2]),
        drawn("168 rows in ten bins", [1000] * 10, [10, 26, 12, 16, 30, 12, 18, 15, 13, 16]),
        drawn("500 rows in ten skewed levels", [3414, 1707, 1138, 854, 683, 569, 488, 427, 379, 341], [150, 100, 51, 52, 30, 34, 19, 24, 23, 17]),
        drawn("168 rows in nine levels, most of them rare", [6000, 3000, 800, 150, 30, 10, 5, 3, 2], [88, 60, 14, 3, 2, 0, 1, 0, 0]),
        drawn("5,000 rows in ten bins", [1000] * 10, [480, 551, 470, 533, 522, 467, 485, 528, 486, 478]),
        drawn("500 rows, one level of 90%", [9000, 500, 300, 100, 100], [436, 29, 24, 6, 5]),
    ],
    "laws": {
        "normalSurvival": law(([z], stats.norm.sf(z)) for z in (-8, -2, -0.5, 0, 1e-9, 0.1, 0.9, 1.7, 1.75, 2, 3, 5, 8, 12, 20, 30, 37)),
        "normalQuantile": [[p, float(stats.norm.ppf(p))] for p in (1e-300, 1e-100, 1e-30, 1e-16, 1e-10, 1e-5, 0.001, 0.02425, 0.1, 0.249, 0.25, 0.3, 0.45, 0.499999, 0.5, 0.51, 0.7, 0.75, 0.9, 0.975, 0.999999)],
        "chiSquaredSurvival": law(
            ([float(x), k], stats.chi2.sf(x, k))
            for k in (1, 2, 3, 5, 10, 29, 100, 999, 10000)
            for x in np.array([0.001, 0.1, 0.5, 0.9, 1, 1.1, 1.5, 2, 3, 5, 10]) * k
        ),
        "gammaSurvival": law(
            ([x, shape, scale], stats.gamma.sf(x, shape, scale=scale))
            for shape in (0.3, 0.5, 1.7, 4.2, 33.3)
            for scale in (0.01, 1, 250)
            for x in (np.array([0.01, 0.3, 1, 3, 10, 40]) * scale * shape).tolist()
        ),
        "studentSurvival": law(
            ([t, df], stats.t.sf(t, df))
            for df in (0.7, 1, 2, 3, 4.5, 10, 30, 100, 1000.5)
            for t in (-3, 0, 0.5, 1, 1.7, 2, 3, 5, 10, 30)
        ),
        "incompleteBeta": law(
            ([a, b, x], special.betainc(a, b, x))
            for a in (0.5, 1, 2.5, 10, 300)
            for b in (0.5, 1, 3, 40, 2000)
            for x in (1e-5, 0.01, 0.2, 0.5, 0.7, 0.95, 0.999)
        ),
        "binomialProbability": law(
            ([k, n, p], stats.binom.pmf(k, n, p))
            for n in (3, 20, 1000, 10**6)
            for p in (0.001, 0.3, 0.9)
            for k in (0, 1, n // 3, n // 2, n - 1, n)
        ),
        "probabilityOfAtLeast": law(
            ([total, marked, n, k], stats.hypergeom.sf(k - 1, total, marked, n))
            for total, marked, n in ((20, 7, 12), (10_024, 300, 24), (10_024, 9_000, 24), (2_000, 1_000, 1_000), (10_168, 40, 168))
            for k in range(max(0, n + marked - total), min(n, marked) + 1, 1 + min(n, marked) // 12)
        ),
    },
}

text = json.dumps(counts, separators=(",", ":")).replace('{"name"', '\n{"name"').replace('],"', '],\n"')
(here / "counts.json").write_text(text + "\n")
