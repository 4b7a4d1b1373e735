/** Asks the configured trainer for one training of a simulation, and waits for it. */

import { setTimeout as pause } from 'node:timers/promises';

import { runCommand } from '../../../activities/commands/run-command.ts';
import { trainByCommand } from '../../../activities/retraining/command-training.ts';
import { pollMs } from '../../../activities/retraining/plan-training.ts';
import { trainerAddress, type TrainerOf } from '../../../activities/retraining/training-request.ts';
import { openHttpTrainer } from '../../../activities/retraining/trainers/http.ts';
import { TidewatchError } from '../../../core/errors.ts';
import type { TrainerSettings } from '../../../core/retraining/trainer-settings.ts';
import { durationMs, secondMs } from '../../../core/window.ts';
import type { Configuration } from '../../../worker/configuration.ts';
import type { TrainerConfiguration } from '../../../worker/trainer-configuration.ts';
import { askOnTaskQueue } from './ask-on-task-queue.ts';
import type { AskTrainer } from './trained-versions.ts';

export interface AskOptions {
  readonly configuration: TrainerConfiguration;
  readonly temporal: Configuration['temporal'];
  /** How long a trainer over HTTP may be away: it may be restarted meanwhile, and the trainings before it are worth a wait. */
  readonly patienceMs?: number;
}

/**
 * The trainer of a monitor. Over HTTP it is asked again and again, whatever its `completion` says: nobody listens for calls. A
 * command runs here. One on a task queue is called by the worker: only workflows can call activities.
 */
export function openAsk(trainer: TrainerSettings, options: AskOptions): AskTrainer {
  switch (trainer.kind) {
    case 'http':
      return overHttp(trainer, options);
    case 'command':
      return byCommand(trainer, options);
    case 'temporal':
      return askOnTaskQueue(trainer, options.temporal);
  }
}

const slowestPollMs = 30 * secondMs;

function overHttp(
  settings: TrainerOf<'http'>,
  { configuration, patienceMs = 30 * secondMs }: AskOptions,
): AskTrainer {
  const trainer = openHttpTrainer();
  return async (request, stopped) => {
    const at = trainerAddress({ trainerSecrets: configuration.secrets }, request.model, settings);
    const limit = Date.now() + durationMs(settings.timeout);
    try {
      let answer = await patiently(() => trainer.start(at, request), patienceMs, stopped);
      for (let wait = pollMs(settings.poll); answer.state === 'running'; wait *= 1.5) {
        if (Date.now() >= limit)
          throw new Error(`it did not finish within its time limit of ${settings.timeout}`);
        await pause(Math.min(wait, Math.max(pollMs(settings.poll), slowestPollMs)), undefined, {
          signal: stopped,
        });
        answer = await patiently(() => trainer.read(at, request), patienceMs, stopped);
      }
      return answer;
    } catch (error) {
      // It need not know the question, and nobody waits for it any more.
      await trainer.cancel(at, request).catch(() => undefined);
      stopped.throwIfAborted();
      throw error;
    }
  };
}

/** Tries again for as long as the same may succeed later. */
async function patiently<T>(call: () => Promise<T>, patienceMs: number, stopped: AbortSignal): Promise<T> {
  const until = Date.now() + patienceMs;
  for (let wait = secondMs / 4; ; wait *= 2) {
    stopped.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      const mayPass = error instanceof TidewatchError && error.retryable;
      if (!mayPass || Date.now() + wait >= until) throw error;
      await pause(wait, undefined, { signal: stopped });
    }
  }
}

function byCommand(trainer: TrainerOf<'command'>, { configuration }: AskOptions): AskTrainer {
  return async (request, cancelled) => {
    if (!configuration.mayRunCommands) {
      const reason = `write true: the trainer of "${request.model}" is a command, and a simulation runs it on this machine`;
      throw new TidewatchError('INVALID_OPTION', { option: 'TIDEWATCH_ALLOW_COMMANDS', reason });
    }
    for (let attempt = 1; ; attempt += 1) {
      const { answer } = await trainByCommand(runCommand, {
        trainer,
        request,
        cancelled,
        onProgress: () => undefined,
      });
      if (answer.state === 'succeeded' || attempt >= trainer.attempts) return answer;
    }
  };
}
