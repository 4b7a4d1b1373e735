/** Asks Temporal what pages show of it, without keeping people waiting. */

import { setTimeout as pause } from 'node:timers/promises';

import type { AskTemporal, TemporalAnswer } from '../console/server/temporal-now.ts';
import { secondMs } from '../core/window.ts';
import { askTemporal, readPauses, readRunsUnderWay } from '../schedules/live-state.ts';
import type { Configuration } from './configuration.ts';

/** So long a page waits; the part of it that is live asks again, five seconds later. */
const patienceMs = 80;
/** Several people look at one model, each every five seconds: it is asked again no sooner. */
const freshMs = 2 * secondMs;
/** Where it takes longer than a page waits, its answer from before is shown so long. */
const staleMs = 12 * secondMs;
/** Temporal that is away is asked no more often than this. */
const awayMs = 10 * secondMs;
const waitMs = 4 * secondMs;
/** Who looks at more models within two seconds asks again. */
const mostKept = 200;

interface Kept {
  readonly askedAt: number;
  readonly asked: Promise<TemporalAnswer>;
  /** The newest, which may be of the question before. */
  readonly known?: { readonly at: number; readonly answer: TemporalAnswer };
}

/** @param ask never throws; by default it asks Temporal */
export function openTemporalNow(
  temporal: Pick<Configuration['temporal'], 'address' | 'security' | 'namespace' | 'payloadKeys'>,
  now: () => number,
  ask: AskTemporal = (model) => askOf(temporal, model),
): AskTemporal {
  const kept = new Map<string, Kept>();
  const askAnew = (model: string, before: Kept | undefined): Kept => {
    if (before === undefined && kept.size >= mostKept) kept.clear();
    const askedAt = now();
    const asked = ask(model).then((answer) => {
      // Unless there are too many, or a newer question.
      if (kept.get(model)?.askedAt === askedAt)
        kept.set(model, { askedAt, asked, known: { at: askedAt, answer } });
      return answer;
    });
    const question = { askedAt, asked, ...(before?.known && { known: before.known }) };
    kept.set(model, question);
    return question;
  };
  return async (model) => {
    const before = kept.get(model);
    const isAway = before?.known !== undefined && 'unknown' in before.known.answer;
    const isRecent = before !== undefined && now() - before.askedAt <= (isAway ? awayMs : freshMs);
    const { asked, known } = isRecent ? before : askAnew(model, before);
    const late =
      known !== undefined && now() - known.at <= staleMs
        ? known.answer
        : { unknown: `Temporal at ${temporal.address} has not answered yet` };
    return Promise.race([asked, pause(patienceMs, late, { ref: false })]);
  };
}

function askOf(temporal: Parameters<typeof openTemporalNow>[0], model: string): Promise<TemporalAnswer> {
  return askTemporal<TemporalAnswer>({ ...temporal, waitMs }, async (client) => {
    const [pauses, runs] = await Promise.all([readPauses(client, [model]), readRunsUnderWay(client, model)]);
    return { pauses: pauses.get(model)!, runs };
  });
}
