"""The rules of Evidently 0.7 and NannyML 0.13, as they are by default, on the windows of real.ts.

    TIDEWATCH_DATA=<directory> python peers.py [--days 7]          both rules, written out in numpy (no package needed)
    TIDEWATCH_DATA=<directory> python peers.py --check evidently   compares the numpy rule with the package on some windows
    TIDEWATCH_DATA=<directory> python peers.py --check nannyml

Requirements: numpy, pandas, scipy; for --check bench/requirements-evidently.txt or bench/requirements-nannyml.txt.
"""

import argparse
import os

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp, wasserstein_distance

SHIFTS = (0, 0.25, 0.5, 1, 2)


def groups(directory):
    """name -> (columns, days of the reference or None for a rolling year, every n-th window)"""
    def series(frame, time, column):
        known = frame[pd.to_numeric(frame[column], errors="coerce").notna()]
        instants = pd.to_datetime(known[time].str[:10])
        days = ((instants - instants.iloc[0]) // pd.Timedelta("1D")).to_numpy()
        return days, known[column].astype(float).to_numpy()

    def read(file):
        return pd.read_csv(os.path.join(directory, file))

    bikes = read("bike_hourly_2011_2012.csv")
    flights = read("flights_nyc13_sample.csv.gz").sort_values("scheduled_dep_utc", kind="stable")
    stations = read("bayarea_station_hourly_2014.csv.gz")
    rates = read("ecb_eurofx_daily.csv")
    weather = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
    return {
        "bikes": ({c: series(bikes, "timestamp", c) for c in ["temp", "atemp", "hum", "windspeed", "cnt"]}, 365, 1),
        "flights": ({c: series(flights, "scheduled_dep_utc", c) for c in weather}, 219, 1),
        "stations": (
            {str(i): series(of, "timestamp", "departures") for i, of in stations.groupby("station_id", sort=False)},
            219,
            1,
        ),
        "rates": ({c: series(rates, "Date", c) for c in rates.columns[1:]}, None, 24),
    }


def evidently_rule(reference, current):
    """(is drift, score): up to 1,000 rows KS p < .05, above it Wasserstein / max(std, .001) >= .1."""
    if len(reference) <= 1000:
        p = ks_2samp(reference, current).pvalue
        return p < 0.05, p
    score = wasserstein_distance(reference, current) / max(np.std(reference), 0.001)
    return score >= 0.1, score


def nannyml_distance(reference):
    """Jensen-Shannon distance, base 2, in Doane's bins of the reference (at most 50), with one for what lies outside."""
    edges = np.histogram_bin_edges(reference, bins="doane")
    if len(edges) - 1 > 50:
        edges = np.histogram_bin_edges(reference, bins=50)
    shares = np.histogram(reference, edges)[0] / len(reference)

    def distance(current):
        p, q = shares, np.histogram(current, edges)[0] / len(current)
        if q.sum() < 1 - 1e-12:
            p, q = np.append(p, 0), np.append(q, 1 - q.sum())
        middle = (p + q) / 2
        def information(a):
            return np.sum(a[a > 0] * np.log2(a[a > 0] / middle[a > 0]))
        return np.sqrt(max(0, (information(p) + information(q)) / 2))

    return distance


def windows_of(columns, reference_days, every, length):
    """The ends of the windows, as real.ts takes them."""
    last = max(days[-1] for days, _ in columns.values()) + 1
    step = length * (3 if length == 1 else 1) * every
    first = last - 3650 if reference_days is None else reference_days + length
    return range(first, last + 1, step)


def span(days, values, start, end):
    return values[np.searchsorted(days, start) : np.searchsorted(days, end)]


def rates_of(columns, reference_days, every, length):
    """column -> {'evidently', 'nannyml'} -> share of windows with an alarm for each shift"""
    rates = {}
    for name, (days, values) in columns.items():
        hits = {"evidently": [], "nannyml": []}
        learned = None
        for i, end in enumerate(windows_of(columns, reference_days, every, length)):
            current = span(days, values, end - length, end)
            if len(current) < 5:
                continue
            if learned is None or reference_days is None:
                start, stop = (end - length - 371, end - length) if reference_days is None else (0, reference_days)
                reference = span(days, values, start, stop)
                distance = nannyml_distance(reference)
                chunks = [span(days, values, day, day + length) for day in range(start, stop - length + 1, length)]
                past = [distance(chunk) for chunk in chunks if len(chunk) > 0]
                learned = reference, distance, np.mean(past) + 3 * np.std(past)
            reference, distance, limit = learned
            sign = 1 if i % 2 == 0 else -1
            shifted = [current + sign * shift * np.std(reference) for shift in SHIFTS]
            hits["evidently"].append([evidently_rule(reference, one)[0] for one in shifted])
            hits["nannyml"].append([distance(one) > limit for one in shifted])
        rates[name] = {peer: np.mean(found, axis=0) for peer, found in hits.items()}
    return rates


def check(peer, columns):
    """The largest difference between the rule above and the package, over some windows of each column."""
    worst = 0
    for name, (days, values) in columns.items():
        reference = span(days, values, 0, 365)
        for end in (372, 500, 700):
            current = span(days, values, end - 7, end)
            if peer == "evidently":
                from evidently import Dataset, Report
                from evidently.metrics import ValueDrift

                sides = [Dataset.from_pandas(pd.DataFrame({name: side})) for side in (current, reference)]
                theirs = float(Report([ValueDrift(column=name)]).run(*sides).dict()["metrics"][0]["value"])
                ours = evidently_rule(reference, current)[1]
            else:
                from nannyml.drift.univariate import MethodFactory
                from nannyml.drift.univariate import FeatureType

                method = MethodFactory.create(
                    key="jensen_shannon", feature_type=FeatureType.CONTINUOUS, chunker=None, computation_params={}
                )
                method.fit(pd.Series(reference))
                theirs = float(method.calculate(pd.Series(current)))
                ours = nannyml_distance(reference)(current)
            worst = max(worst, abs(theirs - ours))
    return worst


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--check", choices=["evidently", "nannyml"])
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    directory = os.environ.get("TIDEWATCH_DATA")
    if directory is None:
        print("Skipped: TIDEWATCH_DATA does not name a directory with the real series.")
        return
    if options.check:
        print(f"largest difference: {check(options.check, groups(directory)['bikes'][0]):.2g}")
        return
    means = []
    print(f"% of windows of {options.days} days with an alarm   Evidently: false .25 .5 1 2 sd | NannyML")
    for group, (columns, reference_days, every) in groups(directory).items():
        rates = rates_of(columns, reference_days, every, options.days)
        def text(of):
            return " |".join("".join(f"{100 * rate:6.1f}" for rate in of[peer]) for peer in ("evidently", "nannyml"))
        if options.each:
            for name, of in rates.items():
                print(f"  {group}.{name}".ljust(24), text(of))
        mean = {peer: np.mean([of[peer] for of in rates.values()], axis=0) for peer in ("evidently", "nannyml")}
        means.append(mean)
        print(group.ljust(24), text(mean))
    print("mean of groups".ljust(24), text({p: np.mean([m[p] for m in means], axis=0) for p in ("evidently", "nannyml")}))


main()
