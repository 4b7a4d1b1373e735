/** Training by a program on the worker's machine. */

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { trainingText } from '../../core/retraining/retraining-words.ts';
import type {
  TrainingAnswer,
  TrainingRequest,
  TrainingRunning,
} from '../../core/retraining/trainer-contract.ts';
import { decodeTrainingAnswer, readTrainingAnswer } from '../../core/retraining/trainer-contract.ts';
import { durationMs } from '../../core/window.ts';
import { heartbeating } from '../activity-context.ts';
import type { CommandEnd, RunCommand } from '../commands/run-command.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { noteTraining } from './training-note.ts';
import { findTrainingBy, trainingRequest, type TrainerOf } from './training-request.ts';

/** What a command answered, and the end of what it printed. */
export interface CommandTraining {
  readonly answer: Exclude<TrainingAnswer, { state: 'running' }>;
  readonly output: string;
}

/** A minute of heartbeats: a training of a day then adds less than it may hold to the history of its workflow. */
const beatsBetweenWords = 12;

/**
 * Runs the command once, with the request on its standard input. It answers with the last line that it prints; lines before
 * that are answers, too, say how it is getting on. A cancellation, the time limit and the end of the worker, however that ends, end
 * it with all that it has started.
 */
export function createRunTrainingCommand(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<CommandTraining> {
  return async function runTrainingCommand(key) {
    const { run, trainer } = await findTrainingBy('command', deps, key);
    const { runCommand } = deps;
    if (runCommand === undefined) throw new TidewatchError('COMMANDS_NOT_ALLOWED', { model: key.model });
    const context = deps.context();
    const request = await trainingRequest(deps, run);
    let progress: TrainingRunning | undefined;
    const said = teller(deps, key, context.workflowId);
    const onProgress = (running: TrainingRunning): void => {
      progress = running;
    };
    const { cancelled } = context;
    return heartbeating(
      context,
      () => trainByCommand(runCommand, { trainer, request, cancelled, onProgress }),
      () => {
        if (progress !== undefined) void said(progress);
        return progress;
      },
    );
  };
}

/** Stores what a command has said, and tells its workflow of it less often: that keeps each word in its history. */
function teller(
  { database, tellProgress }: Pick<RetrainingDependencies, 'database' | 'tellProgress'>,
  key: RetrainingKey,
  workflowId: string,
): (running: TrainingRunning) => Promise<void> {
  let known = '';
  let beats = 0;
  return async function tell(running) {
    const isDue = beats % beatsBetweenWords === 0;
    beats += 1;
    const words = trainingText(running);
    try {
      await noteTraining(database, key, words);
      if (!isDue || words === known) return;
      await tellProgress(workflowId, running);
      known = words;
    } catch {
      // The training goes on without it; the next beat tries again.
    }
  };
}

/**
 * Runs the command of a trainer once.
 *
 * @throws what `cancelled` was aborted with
 */
export async function trainByCommand(
  runCommand: RunCommand,
  {
    trainer,
    request,
    cancelled,
    onProgress,
  }: {
    readonly trainer: TrainerOf<'command'>;
    readonly request: TrainingRequest;
    readonly cancelled: AbortSignal;
    readonly onProgress: (running: TrainingRunning) => void;
  },
): Promise<CommandTraining> {
  const ended = await runCommand({
    command: trainer.command,
    directory: trainer.directory,
    input: `${JSON.stringify(request)}\n`,
    timeoutMs: durationMs(trainer.timeout),
    cancelled,
    onLine: (line) => {
      const answer = runningAnswer(line);
      if (answer !== undefined) onProgress(answer);
    },
  });
  if (ended.end === 'cancelled') cancelled.throwIfAborted();
  return { answer: answerOf(trainer.command[0]!, ended), output: ended.output };
}

function runningAnswer(line: string): TrainingRunning | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const answer = decodeTrainingAnswer('', JSON.parse(line));
    return answer.state === 'running' ? answer : undefined;
  } catch {
    return undefined;
  }
}

function answerOf(
  program: string,
  { end, reason, code, lastLine, output }: CommandEnd,
): CommandTraining['answer'] {
  const failed = (what: string): CommandTraining['answer'] => ({
    state: 'failed',
    reason: `${program} ${what}${output.trim() === '' ? '' : `: ${lastWords(output)}`}`,
  });
  switch (end) {
    case 'not-started':
      return failed(`cannot be started (${reason})`);
    case 'timed-out':
      return failed('did not end within its time limit and was ended');
    case 'cancelled':
    case 'killed':
      return failed(`was ended by ${reason}`);
    case 'exited': {
      if (code !== 0) return failed(`ended with ${reason}`);
      if (lastLine === undefined) return failed('ended without an answer in the last line of its output');
      try {
        const answer = readTrainingAnswer(program, lastLine);
        return answer.state === 'running' ? failed('ended, though it answers that it is running') : answer;
      } catch (error) {
        return failed(`answers in its last line what cannot be read (${reasonOf(error)})`);
      }
    }
  }
}

/** The end of what it printed: the cause of a failure stands there. */
function lastWords(output: string): string {
  return output.trimEnd().slice(-1000).trimStart();
}
