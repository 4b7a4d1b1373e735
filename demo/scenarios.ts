/** What the demo can replay: two data sets with a real model each. */

import { parseInstant } from '../core/window.ts';
import { knownAtOf } from './data/arrivals.ts';
import { loadBikes } from './data/bikes.ts';
import { loadFlights } from './data/flights.ts';
import type { DemoModelName } from './model/fitting.ts';

/** One row of a data set, with the time at which its outcome became known (null: never). */
export interface DemoRow {
  readonly entity: string;
  readonly eventTime: number;
  readonly features: Readonly<Record<string, unknown>>;
  readonly actual: number | string;
  readonly knownAt: number | null;
}

export interface Scenario {
  /** As `--model` names it. */
  readonly name: 'bikes' | 'flights';
  readonly model: DemoModelName;
  /** The class that a probability is about, in a classification. */
  readonly positiveClass: string | null;
  /** What the rules of its monitor limit. */
  readonly metric: 'rmse' | 'log_loss';
  /** The first model is fitted on the rows from `fitFrom` to `serveFrom`; from then on it serves. */
  readonly fitFrom: number;
  readonly serveFrom: number;
  readonly weeks: number;
  readonly loadRows: () => readonly DemoRow[];
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'bikes',
    model: 'bike-demand',
    positiveClass: null,
    metric: 'rmse',
    fitFrom: parseInstant('2011-01-01T00:00:00Z'),
    serveFrom: parseInstant('2011-03-01T00:00:00Z'),
    weeks: 16,
    loadRows: () => loadBikes().map((row) => ({ ...row, knownAt: knownAtOf(row) })),
  },
  {
    name: 'flights',
    model: 'flight-delay',
    positiveClass: 'late',
    metric: 'log_loss',
    fitFrom: parseInstant('2013-01-01T00:00:00Z'),
    serveFrom: parseInstant('2013-04-01T00:00:00Z'),
    weeks: 16,
    loadRows: loadFlights,
  },
];

/** The scenario of a name (`bikes`) or a model (`bike-demand`). */
export function findScenario(nameOrModel: string): Scenario {
  const scenario = scenarios.find(({ name, model }) => name === nameOrModel || model === nameOrModel);
  if (scenario === undefined) {
    throw new RangeError(
      `the demo knows ${scenarios.map(({ name }) => name).join(' and ')}, not "${nameOrModel}"`,
    );
  }
  return scenario;
}
