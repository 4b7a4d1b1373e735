import { continueAsNew, defineQuery, setHandler } from '@temporalio/workflow';

import type { Window, WindowText } from '../core/window.ts';
import { durationMs, formatWindow, parseWindow } from '../core/window.ts';
import type { WorkflowInput } from './input-schemas.ts';
import { asOfOf, decodeInput } from './input.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import { decisions, scans } from './steps.ts';

/** So that the history of one run stays small: a step takes five activities. */
const stepsPerRun = 50;

/** What has been recomputed so far. */
export interface ReprocessingCounts {
  /** Hours looked at. */
  readonly hours: number;
  /** Outcomes inserted, and outcomes corrected or removed. */
  readonly attached: number;
  readonly changed: number;
  /** Hours whose summary is another one now. */
  readonly summarized: number;
  /** Stored windows evaluated again, and how many of their evaluations (one for each version and segment) became others. */
  readonly windows: number;
  readonly restated: number;
  readonly unchanged: number;
  /** Stored estimates that were made anew, and stored windows whose comparisons were, as what they are made from had changed. */
  readonly estimated: number;
  readonly compared: number;
}

/** The answer to the query `progress`. */
export interface ReprocessingProgress extends ReprocessingCounts {
  readonly done: number;
  readonly total: number;
  /** The step under way; null before the first and after the last. */
  readonly current: WindowText | null;
}

const progressQuery = defineQuery<ReprocessingProgress>('progress');

const noCounts: ReprocessingCounts = {
  hours: 0,
  attached: 0,
  changed: 0,
  summarized: 0,
  windows: 0,
  restated: 0,
  unchanged: 0,
  estimated: 0,
  compared: 0,
};

/**
 * Computes a range of the past again, a step (by default a day) at a time: attaches its actuals, summarises its hours, and
 * evaluates, estimates and compares the stored windows that end in the step; at last those that end later and contain a part
 * of the range. Who is to be told of what it restates is told by the next daily runs.
 *
 * Guaranteed: windows that are final are restated, too; each window is evaluated once all of its hours in the range are
 * done; what comes out the same stores nothing; it may be started again at any time.
 */
export async function reprocessing(input: unknown): Promise<ReprocessingCounts & RunFacts> {
  const { carried, ...given } = decodeInput('reprocessing', input);
  const { model, window } = given;
  const asOf = asOfOf(given);
  const steps = stepsOf(parseWindow(window), given.step);

  let counts = carried?.counts ?? noCounts;
  const first = carried?.done ?? 0;
  let done = first;
  let current: WindowText | null = null;
  setHandler(progressQuery, () => ({ done, total: steps.length, current, ...counts }));

  for (const step of steps.slice(first)) {
    if (done - first === stepsPerRun) {
      await continueAsNew<typeof reprocessing>({ ...given, asOf, carried: { done, counts } });
    }
    current = formatWindow(step);
    counts = await reprocessStep(model, asOf, current, counts);
    done += 1;
    current = null;
  }
  counts = await restate({ model, asOf, endingAfter: window.end, startingBefore: window.end }, counts);
  const pushed = await pushMetrics({ model, process: 'performance-evaluation' });
  return { ...counts, asOf, ...pushed };
}

function stepsOf({ start, end }: Window, step: WorkflowInput<'reprocessing'>['step'] = '1d'): Window[] {
  const length = durationMs(step);
  const steps: Window[] = [];
  for (let from = start; from < end; from += length)
    steps.push({ start: from, end: Math.min(from + length, end) });
  return steps;
}

async function reprocessStep(
  model: string,
  asOf: string,
  step: WindowText,
  counts: ReprocessingCounts,
): Promise<ReprocessingCounts> {
  const attached = await scans.attachActuals({ model, asOf, window: step });
  const summarized = await scans.summarizeOutcomes({ model, asOf, window: step });
  return restate(
    { model, asOf, endingAfter: step.start, endingBy: step.end, startingBefore: step.end },
    {
      ...counts,
      hours: counts.hours + summarized.hours,
      attached: counts.attached + attached.attached,
      changed: counts.changed + attached.changed,
      summarized: counts.summarized + summarized.changed,
    },
  );
}

async function restate(
  request: Parameters<typeof decisions.restateWindows>[0],
  counts: ReprocessingCounts,
): Promise<ReprocessingCounts> {
  const { windows, first, restated, unchanged } = await decisions.restateWindows(request);
  const { model, asOf, ...range } = request;
  const { estimated } = await decisions.estimatePerformance({ model, asOf, restated: range });
  const { compared } = await decisions.comparePerformance({ model, asOf, restated: range });
  return {
    ...counts,
    windows: counts.windows + windows,
    restated: counts.restated + first + restated,
    unchanged: counts.unchanged + unchanged,
    estimated: counts.estimated + estimated,
    compared: counts.compared + compared,
  };
}
