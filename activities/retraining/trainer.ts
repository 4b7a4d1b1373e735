/** Talks to a trainer: a service of the user's that fits a model when asked, over HTTP and JSON. */

import { z } from 'zod';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { WindowText } from '../../core/window.ts';

/** What a trainer is asked: `POST <url>/trainings`. The same `retrainingId` again must not train twice. */
export interface TrainingRequest {
  readonly retrainingId: string;
  readonly model: string;
  /** Fit on the outcomes of this window only. */
  readonly training: WindowText;
  /** Then predict every row of this window as the new version, logged with role `shadow`. */
  readonly holdout: WindowText;
}

const answerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running') }),
  z.object({
    state: z.literal('succeeded'),
    version: z.string().min(1),
    /**
     * Feature -> how much it matters to the new version, on any scale; below 0 counts as 0. Where it is left out, or names
     * anything that is no feature of the monitor, importances are learned from outcomes instead.
     */
    featureImportances: z.record(z.string(), z.number()).optional(),
    /** Whatever tells how the version came to be; stored with it. */
    lineage: z.record(z.string(), z.unknown()).default({}),
  }),
  z.object({ state: z.literal('failed'), reason: z.string().min(1) }),
]);

/** What a trainer answers: to the request, and to `GET <url>/trainings/<retrainingId>`. */
export type TrainingAnswer = z.output<typeof answerSchema>;

export interface Trainer {
  start(url: string, request: TrainingRequest): Promise<TrainingAnswer>;
  read(url: string, retrainingId: string): Promise<TrainingAnswer>;
}

/**
 * A trainer over HTTP. Each call may take `timeoutMs`; the training itself goes on in the trainer.
 *
 * @throws (each call) TidewatchError `TRAINER_UNREACHABLE` for no answer or a 5xx, `TRAINER_REFUSED` for a 4xx or an answer of
 * another shape
 */
export function openTrainer(timeoutMs = 10_000): Trainer {
  async function ask(address: string, init: RequestInit): Promise<TrainingAnswer> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(address, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      text = await response.text();
    } catch (error) {
      throw new TidewatchError('TRAINER_UNREACHABLE', { address, reason: reasonOf(error) }, { cause: error });
    }
    const reason = `${response.status} ${text.slice(0, 300)}`;
    if (response.status >= 500) throw new TidewatchError('TRAINER_UNREACHABLE', { address, reason });
    if (!response.ok) throw new TidewatchError('TRAINER_REFUSED', { address, reason });
    const parsed = answerSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
      throw new TidewatchError('TRAINER_REFUSED', {
        address,
        reason: `unreadable answer: ${reason} (${issues.join('; ')})`,
      });
    }
    return parsed.data;
  }
  const trainings = (url: string): string => `${url.replace(/\/$/, '')}/trainings`;
  return {
    start: (url, request) =>
      ask(trainings(url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      }),
    read: (url, retrainingId) =>
      ask(`${trainings(url)}/${encodeURIComponent(retrainingId)}`, { method: 'GET' }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
