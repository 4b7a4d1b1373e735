/** What the demo can replay: two data sets with a real model each. */

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
  readonly model: DemoModelName;
  /** The monitor in monitors/, whose trainer URL is set to the demo service's. */
  readonly monitorFile: string;
  /** The first model is fitted on the rows from `fitFrom` to `serveFrom`; from then on it serves. */
  readonly fitFrom: number;
  readonly serveFrom: number;
  readonly weeks: number;
  readonly loadRows: () => readonly DemoRow[];
}
