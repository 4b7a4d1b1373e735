/** Tells the serving system which version is to serve, where the monitor names a hook. docs/promotion-hook.md is for its authors. */

import { createHash } from 'node:crypto';

import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { durationMs, formatInstant } from '../../core/window.ts';
import type { CommandEnd } from '../commands/run-command.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { HookAnswer, PromotionRequest } from './promotion-webhook.ts';
import { policyOf } from './retraining-run.ts';
import type { RetrainingRun } from './store.ts';

/** `promote`: the challenger is to serve. `revert`: the champion before is to serve again. */
export type PromotionAction = 'promote' | 'revert';

type HookDependencies = Pick<ActivityDependencies, 'promotionWebhook' | 'runCommand' | 'context'>;

/** sysexits.h: "temporary failure; the user is invited to retry". */
const tryAgain = 75;

/**
 * Asks for it, and returns once the serving system says that it is done; without a hook at once. A try that is repeated has the
 * same id: the serving system does it once. A command that is cancelled, and that of a worker that ends, is ended.
 *
 * @throws TidewatchError `PROMOTION_HOOK_FAILED` when it may be tried again: no answer, a 5xx, a command that ends with 75 or takes
 * too long; `PROMOTION_HOOK_REFUSED` for any other answer that is no success; `PROMOTION_HOOK_UNSIGNED`, `COMMANDS_NOT_ALLOWED`
 * when the worker is not configured for it.
 */
export async function callPromotionHook(
  deps: HookDependencies,
  monitor: Monitor,
  run: RetrainingRun,
  action: PromotionAction,
): Promise<void> {
  const { hook } = policyOf(monitor).promotion;
  if (hook === undefined) return;
  const { model } = monitor;
  const request = requestOf(run, action);
  const answer =
    'url' in hook
      ? await askWebhook(deps, model, hook.url, request)
      : await askCommand(deps, model, hook, request);
  if (answer.answer === 'done') return;
  throw new TidewatchError(answer.answer === 'failed' ? 'PROMOTION_HOOK_FAILED' : 'PROMOTION_HOOK_REFUSED', {
    model,
    action,
    version: run.challenger_version ?? 'none',
    reason: answer.reason,
  });
}

interface HookRequest extends PromotionRequest {
  /** The same as environment variables, for a command. */
  readonly environment: Readonly<Record<string, string>>;
}

function requestOf(run: RetrainingRun, action: PromotionAction): HookRequest {
  const { model, retraining_id: retrainingId } = run;
  const [version, replaces] =
    action === 'promote'
      ? [run.challenger_version, run.champion_version]
      : [run.champion_version, run.challenger_version];
  const key = createHash('sha256').update(`${action}/${model}/${retrainingId}`).digest('hex').slice(0, 32);
  const id = `promotion_${key}`;
  return {
    id,
    body: JSON.stringify({
      type: `model.${action}`,
      timestamp: formatInstant(run.as_of),
      data: { id, action, model, version, replaces, retrainingId },
    }),
    environment: {
      TIDEWATCH_ID: id,
      TIDEWATCH_ACTION: action,
      TIDEWATCH_MODEL: model,
      TIDEWATCH_VERSION: version ?? '',
      TIDEWATCH_REPLACES: replaces ?? '',
      TIDEWATCH_RETRAINING_ID: retrainingId,
    },
  };
}

async function askWebhook(
  { promotionWebhook }: HookDependencies,
  model: string,
  url: string,
  request: PromotionRequest,
): Promise<HookAnswer> {
  if (promotionWebhook === undefined) throw new TidewatchError('PROMOTION_HOOK_UNSIGNED', { model });
  return promotionWebhook(url, request);
}

async function askCommand(
  { runCommand, context }: HookDependencies,
  model: string,
  hook: { readonly command: readonly string[]; readonly timeout: string },
  { body, environment }: HookRequest,
): Promise<HookAnswer> {
  if (runCommand === undefined) throw new TidewatchError('COMMANDS_NOT_ALLOWED', { model });
  const { cancelled } = context();
  const ended = await runCommand({
    command: hook.command,
    input: `${body}\n`,
    environment,
    timeoutMs: durationMs(hook.timeout),
    cancelled,
  });
  if (ended.end === 'cancelled') cancelled.throwIfAborted();
  return answerOf(hook.command[0] ?? '', ended);
}

/** Of what a command printed, its end is passed on: the cause of a failure stands there. */
const keptOutput = 300;

function answerOf(program: string, { end, code, reason, output }: CommandEnd): HookAnswer {
  if (end === 'exited' && code === 0) return { answer: 'done' };
  const how = end === 'exited' ? `ended with ${reason}` : `${end.replace('-', ' ')}: ${reason}`;
  const words = output.trim() === '' ? '' : `: ${output.trimEnd().slice(-keptOutput).trimStart()}`;
  const isLater = end === 'timed-out' || end === 'killed' || end === 'cancelled' || code === tryAgain;
  return { answer: isLater ? 'failed' : 'refused', reason: `${program} ${how}${words}` };
}
