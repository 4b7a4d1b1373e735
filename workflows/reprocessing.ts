import { continueAsNew, defineQuery, patched, setHandler } from '@temporalio/workflow';

import type { Window, WindowText } from '../core/window.ts';
import { durationMs, formatWindow, parseWindow } from '../core/window.ts';
import type { WorkflowInput } from './input-schemas.ts';
import { asOfOf, decodeInput } from './input.ts';
import { attachInParts, summarizeInParts, type PartsDone } from './in-parts.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import { decisions } from './steps.ts';

/** So that the history of one run stays small: a step takes three activities, and all of them together at most 400 parts. */
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
  /** Of the next steps, where their hours are many: what of them is attached and summarised. */
  readonly parts: PartsDone | null;
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
 * Computes a range of the past again, a step (by default a day) at a time: attaches the actuals and summarises the hours of the next
 * fifty steps, where these are many in parts that all workers take from; then evaluates, estimates and compares the stored windows that
 * end in each step; at last those that end later and contain a part of the range. Who is to be told of what it restates is told by the next daily runs.
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
  let parts: PartsDone | null = null;
  setHandler(progressQuery, () => ({ done, total: steps.length, current, parts, ...counts }));

  // Asked once: a run that began without goes on without.
  const isAhead = patched('reprocessAhead');
  const [next] = steps.slice(first);
  if (isAhead && next !== undefined) {
    const { end } = steps.slice(first, first + stepsPerRun).at(-1)!;
    const ahead = { model, asOf, window: formatWindow({ start: next.start, end }) };
    counts = await prepare(ahead, counts, (done) => (parts = done));
  }
  for (const step of steps.slice(first)) {
    if (done - first === stepsPerRun) {
      await continueAsNew<typeof reprocessing>({ ...given, asOf, carried: { done, counts } });
    }
    current = formatWindow(step);
    if (!isAhead) counts = await prepare({ model, asOf, window: current }, counts);
    const { start, end } = current;
    counts = await restate({ model, asOf, endingAfter: start, endingBy: end, startingBefore: end }, counts);
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

/** Attaches and summarises the hours of a window. */
async function prepare(
  request: { readonly model: string; readonly asOf: string; readonly window: WindowText },
  counts: ReprocessingCounts,
  watch?: Parameters<typeof attachInParts>[1],
): Promise<ReprocessingCounts> {
  const attached = await attachInParts(request, watch);
  const summarized = await summarizeInParts(request, { watch });
  return {
    ...counts,
    hours: counts.hours + summarized.hours,
    attached: counts.attached + attached.attached,
    changed: counts.changed + attached.changed,
    summarized: counts.summarized + summarized.changed,
  };
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
