import type { WindowText } from '../core/window.ts';
import type { ResultOf } from './steps.ts';
import { scans } from './steps.ts';

type Request = Omit<Parameters<typeof scans.profileHours>[0], 'parts'>;

/**
 * Profiles what a current window needs. A big window is divided by the activity into days, which all workers take from; a small one is
 * profiled by the one activity that was asked.
 *
 * Guaranteed: the same profiles however many workers there are, and at most 200 parts, so that the history stays short. What changes
 * meanwhile is profiled at the end.
 */
export async function profileInParts(
  request: Request,
): Promise<Pick<ResultOf<'profileHours'>, 'hoursProfiled'>> {
  const { parts, atOnce = 1, hoursProfiled } = await scans.profileHours({ ...request, parts: 'wanted' });
  if (parts === undefined) return { hoursProfiled };
  const ofParts = await eachOf(parts, atOnce, (part) => scans.profilePart({ ...request, part }));
  const rest = await scans.profileHours(request);
  return { hoursProfiled: rest.hoursProfiled + ofParts.reduce((sum, part) => sum + part.hoursProfiled, 0) };
}

/** The next begins when one ends. */
async function eachOf<Result>(
  parts: readonly WindowText[],
  atOnce: number,
  work: (part: WindowText) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...parts];
  const takeTurns = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift())
      results.push(await work(part));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, parts.length) }, takeTurns));
  return results;
}
