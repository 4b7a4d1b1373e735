/** Where a trainer calls when it is done: `POST /retrainings/<model>/<retraining id>/completion`. */

import type { IncomingMessage } from 'node:http';

import type { CallbackTokens } from '../activities/retraining/callback-tokens.ts';
import type { RetrainingRun } from '../activities/retraining/store.ts';
import type { TrainingKey } from '../activities/retraining/trainers/http.ts';
import { reasonOf } from '../core/errors.ts';
import { isRunningState } from '../core/retraining/states.ts';
import type { TrainingAnswer, TrainingRunning } from '../core/retraining/trainer-contract.ts';
import { longestAnswerBytes, readTrainingAnswer } from '../core/retraining/trainer-contract.ts';
import type { Answer } from './report-pages.ts';

export interface Completions {
  /** Absent where no secret is configured: then no trainer was told to call. */
  readonly tokens: CallbackTokens | undefined;
  readonly find: (training: TrainingKey) => Promise<RetrainingRun | undefined>;
  /** Stores how a training is getting on; false where the last word of it is too recent. */
  readonly note: (training: TrainingKey, running: TrainingRunning) => Promise<boolean>;
  /** Passes an answer on to the workflow of a retraining; `gone` when it has ended. */
  readonly tell: (workflowId: string, answer: TrainingAnswer) => Promise<'told' | 'gone'>;
}

interface Call {
  readonly training: TrainingKey;
  readonly authorization: string | undefined;
  /** Undefined when it is longer than an answer may be. */
  readonly body: string | undefined;
}

/** The training that a path is the completion of. */
export function parseCompletionPath(path: string): TrainingKey | undefined {
  const [, model, retrainingId] = /^\/retrainings\/([^/]+)\/([^/]+)\/completion$/.exec(path) ?? [];
  if (model === undefined || retrainingId === undefined) return undefined;
  try {
    return { model: decodeURIComponent(model), retrainingId: decodeURIComponent(retrainingId) };
  } catch {
    return undefined;
  }
}

/** What a trainer sends. */
export async function callOf(request: IncomingMessage, training: TrainingKey): Promise<Call> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= longestAnswerBytes) chunks.push(chunk);
    // Not at once: a sender that is cut off never reads why.
    else if (bytes > 40 * longestAnswerBytes) break;
  }
  const body = bytes > longestAnswerBytes ? undefined : Buffer.concat(chunks).toString('utf8');
  return { training, authorization: request.headers.authorization, body };
}

/**
 * 200: the answer is taken, or it is the one that was taken before. 401: the token is not the one of this training. 400, 413:
 * the answer cannot be read, or is too long. 404, 409: there is no such retraining, or it does not wait for an answer any more.
 */
export async function receiveCompletion(
  { training, authorization, body }: Call,
  { tokens, find, note, tell }: Completions,
): Promise<Answer> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined || tokens?.accepts(training, token) !== true)
    return say(401, 'send the token of the request as "Authorization: Bearer <token>"');
  if (body === undefined) return say(413, 'the answer is too long; docs/trainers.md says how long it may be');
  let answer: TrainingAnswer;
  try {
    answer = readTrainingAnswer('this trainer', body);
  } catch (error) {
    return say(400, reasonOf(error));
  }
  const { model, retrainingId } = training;
  const run = await find(training);
  if (run === undefined) return say(404, `${model} has no retraining ${retrainingId}`);
  if (!isRunningState(run.state))
    return say(409, `the retraining has ended: ${run.state}; this answer is not taken`);
  if (run.challenger_version !== null) {
    const isSame = answer.state === 'succeeded' && answer.version === run.challenger_version;
    return isSame
      ? say(200, 'taken before')
      : say(409, `the retraining has version ${run.challenger_version}; this answer is not taken`);
  }
  // Each one that is passed on stays in the history of the workflow.
  if (answer.state === 'running' && !(await note(training, answer))) return say(200, 'taken');
  const told = await tell(run.workflow_id, answer);
  return told === 'told' ? say(200, 'taken') : say(409, 'the workflow of the retraining has ended');
}

function say(status: number, words: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${words}\n` };
}
