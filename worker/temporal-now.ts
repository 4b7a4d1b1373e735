/** Asks Temporal what pages show of it, without keeping people waiting. */

import { setTimeout as pause } from 'node:timers/promises';

import type { AskTemporal, KnownToTemporal } from '../console/server/temporal-now.ts';
import { secondMs } from '../core/window.ts';
import { askTemporal, readPauses, readRunsUnderWay } from '../schedules/live-state.ts';
import type { Configuration } from './configuration.ts';

type Answer = KnownToTemporal | { readonly unknown: string };

/** So long a page waits; the part of it that is live asks again. */
const patienceMs = 400;
/** Several people look at one model, each every five seconds. */
const freshMs = 2 * secondMs;
/** Temporal that is away is asked no more often than this, and by nobody who waits. */
const awayMs = 10 * secondMs;
/** Who looks at more models within two seconds asks again. */
const mostKept = 200;

export function openTemporalNow(
  temporal: Pick<Configuration['temporal'], 'address' | 'security' | 'namespace' | 'payloadKeys'>,
  now: () => number,
): AskTemporal {
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<Answer>; isAway: boolean }>();
  const ask = (model: string): Promise<Answer> =>
    askTemporal<Answer>({ ...temporal, connectTimeoutMs: 2 * secondMs }, async (client) => {
      const [pauses, runs] = await Promise.all([
        readPauses(client, [model]),
        readRunsUnderWay(client, model),
      ]);
      return { pauses: pauses.get(model)!, runs };
    });
  return async (model) => {
    let known = kept.get(model);
    if (known === undefined || now() - known.at > (known.isAway ? awayMs : freshMs)) {
      if (kept.size >= mostKept) kept.clear();
      const asked = { at: now(), answer: ask(model), isAway: false };
      asked.answer.then(
        (answer) => void (asked.isAway = 'unknown' in answer),
        () => {},
      );
      kept.set(model, asked);
      known = asked;
    }
    const late = { unknown: `Temporal at ${temporal.address} has not answered yet` };
    return Promise.race([known.answer, pause(patienceMs, late, { ref: false })]);
  };
}
