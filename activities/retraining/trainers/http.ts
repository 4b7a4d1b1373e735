/** Talks to a trainer that is a service of the user's, over HTTP and JSON. */

import { reasonOf, TidewatchError } from '../../../core/errors.ts';
import { boundedText } from '../../alerts/bounded-text.ts';
import { withoutSecrets } from '../../alerts/secrets.ts';
import type { TrainingAnswer, TrainingRequest } from '../../../core/retraining/trainer-contract.ts';
import { longestAnswerBytes, readTrainingAnswer } from '../../../core/retraining/trainer-contract.ts';

/** Where it is. Headers hold secrets: they are in no error. */
export interface TrainerAddress {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A training of a model. Ids are unique in a model only: two models are often retrained as of the same instant. */
export interface TrainingKey {
  readonly model: string;
  readonly retrainingId: string;
}

export interface HttpTrainer {
  /** `POST <url>/trainings`. */
  start(at: TrainerAddress, request: TrainingRequest): Promise<TrainingAnswer>;
  /** `GET <url>/trainings/<retrainingId>?model=<model>`. */
  read(at: TrainerAddress, training: TrainingKey): Promise<TrainingAnswer>;
  /** `DELETE` of the same. `not taken`: a trainer need not know it. */
  cancel(at: TrainerAddress, training: TrainingKey): Promise<'told' | 'not taken'>;
}

/** They say that the same request may succeed later. */
const passingStatuses = new Set([408, 425, 429]);

/**
 * A trainer over HTTP. Each call may take `timeoutMs`; the training itself goes on in the trainer. Redirections are not
 * followed: the headers are for the configured address only.
 *
 * @throws (each call) TidewatchError `TRAINER_UNREACHABLE` for no answer, a 5xx, 408, 425 or 429; `TRAINER_REFUSED` for any
 * other status or an answer that is too long; `TRAINER_ANSWER_UNREADABLE`
 */
export function openHttpTrainer(timeoutMs = 10_000): HttpTrainer {
  async function ask(
    address: string,
    init: RequestInit,
  ): Promise<{ ok: boolean; text: string; reason: string }> {
    let status: number;
    let text: string | undefined;
    let ok: boolean;
    try {
      const response = await fetch(address, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      ({ status, ok } = response);
      text = await boundedText(response, longestAnswerBytes);
    } catch (error) {
      throw new TidewatchError('TRAINER_UNREACHABLE', { address, reason: reasonOf(error) }, { cause: error });
    }
    if (text === undefined) {
      const reason = `its answer is longer than ${longestAnswerBytes / 1024} kB`;
      throw new TidewatchError('TRAINER_REFUSED', { address, reason });
    }
    const secrets = Object.values((init.headers ?? {}) as Record<string, string>);
    const reason = withoutSecrets(`${status} ${text.slice(0, 300)}`.trim(), secrets);
    if (status >= 500 || passingStatuses.has(status))
      throw new TidewatchError('TRAINER_UNREACHABLE', { address, reason });
    return { ok, text, reason };
  }

  async function answer(address: string, init: RequestInit): Promise<TrainingAnswer> {
    const { ok, text, reason } = await ask(address, init);
    if (!ok) throw new TidewatchError('TRAINER_REFUSED', { address, reason });
    return readTrainingAnswer(`the trainer at ${address}`, text);
  }

  return {
    start: ({ url, headers }, request) =>
      answer(trainings(url), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(request),
      }),
    read: ({ url, headers = {} }, training) => answer(addressOf(url, training), { method: 'GET', headers }),
    async cancel({ url, headers = {} }, training) {
      const { ok } = await ask(addressOf(url, training), { method: 'DELETE', headers });
      return ok ? 'told' : 'not taken';
    },
  };
}

function trainings(url: string): string {
  return `${url.replace(/\/$/, '')}/trainings`;
}

function addressOf(url: string, { model, retrainingId }: TrainingKey): string {
  return `${trainings(url)}/${encodeURIComponent(retrainingId)}?model=${encodeURIComponent(model)}`;
}
