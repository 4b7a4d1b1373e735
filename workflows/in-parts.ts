/**
 * Steps that look at many hours, which are independent of each other. A big window is divided by the activity that is asked into days, which
 * all workers take from; a small one is done by that activity.
 *
 * Guaranteed: the same rows stored, and the same counts, however many workers there are; at most 200 parts of a step, so that the history
 * stays short; a worker that is lost costs the part that it was at, from its last heartbeat on.
 */

import { setCurrentDetails } from '@temporalio/workflow';

import type { WindowText } from '../core/window.ts';
import type { ResultOf } from './steps.ts';
import { scans } from './steps.ts';

/** How far the parts of a step are. */
export interface PartsDone {
  readonly step: 'profiling' | 'attaching actuals' | 'summarising outcomes';
  readonly done: number;
  readonly total: number;
}

type Watch = (parts: PartsDone | null) => void;
type Whole<Result> = Omit<Result, 'parts' | 'atOnce'>;

/** Profiles what a current window needs. What changes meanwhile is profiled at the end. */
export async function profileInParts(
  request: Omit<Parameters<typeof scans.profileHours>[0], 'parts'>,
): Promise<Whole<ResultOf<'profileHours'>>> {
  const { parts, atOnce = 1, ...whole } = await scans.profileHours({ ...request, parts: 'wanted' });
  if (parts === undefined) return whole;
  const done = await eachOf('profiling', { parts, atOnce }, (part) =>
    scans.profilePart({ ...request, part }),
  );
  const { hoursProfiled } = await scans.profileHours(request);
  return sumOf([...done, { hoursProfiled }]);
}

/** Attaches the actuals of marked hours, or of a window. What is marked meanwhile is left to the next run, as by one activity. */
export async function attachInParts(
  request: Omit<Parameters<typeof scans.attachActuals>[0], 'parts' | 'counted'>,
  watch?: Watch,
): Promise<Whole<ResultOf<'attachActuals'>>> {
  const { parts, atOnce = 1, ...whole } = await scans.attachActuals({ ...request, parts: 'wanted' });
  if (parts === undefined) return whole;
  const { source } = whole;
  const counted = sumOf(
    await eachOf(
      'attaching actuals',
      { parts, atOnce },
      (part) => scans.attachPart({ ...request, part }),
      watch,
    ),
  );
  return { ...(source && { source }), ...(await scans.attachActuals({ ...request, counted })) };
}

/** Summarises the hours that are marked or outdated, or those of a window. */
export async function summarizeInParts(
  request: Omit<Parameters<typeof scans.summarizeOutcomes>[0], 'parts'>,
  {
    watch,
    after,
  }: {
    readonly watch?: Watch | undefined;
    /** Another step of the run: parts wait for its end, so that a run never has those of two steps under way. */
    readonly after?: Promise<unknown>;
  } = {},
): Promise<Whole<ResultOf<'summarizeOutcomes'>>> {
  const { parts, atOnce = 1, ...whole } = await scans.summarizeOutcomes({ ...request, parts: 'wanted' });
  if (parts === undefined) return whole;
  await after;
  return sumOf(
    await eachOf(
      'summarising outcomes',
      { parts, atOnce },
      (part) => scans.summarizePart({ ...request, part }),
      watch,
    ),
  );
}

/** The next begins when one ends. How many are done is in the details of the run, which the Temporal UI shows. */
async function eachOf<Result>(
  step: PartsDone['step'],
  { parts, atOnce }: { readonly parts: readonly WindowText[]; readonly atOnce: number },
  work: (part: WindowText) => Promise<Result>,
  watch: Watch = () => undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...parts];
  const tell = (): void => {
    setCurrentDetails(`${step}: ${results.length} of ${parts.length} parts done`);
    watch({ step, done: results.length, total: parts.length });
  };
  const takeTurns = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      results.push(await work(part));
      tell();
    }
  };
  tell();
  await Promise.all(Array.from({ length: Math.min(atOnce, parts.length) }, takeTurns));
  watch(null);
  return results;
}

/** Name by name. */
function sumOf<Counts extends Readonly<Record<string, number>>>(counts: readonly Counts[]): Counts {
  const sum: Record<string, number> = {};
  for (const part of counts)
    for (const [name, count] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + count;
  return sum as Counts;
}
