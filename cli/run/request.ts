/** What `tidewatch run` starts, checked by the schema of the workflow. */

import { TidewatchError } from '../../core/errors.ts';
import { scheduleId } from '../../core/process/scheduled.ts';
import { storageMaintenanceId } from '../../core/storage/settings.ts';
import { formatInstant, formatWindow, secondMs, type WindowText } from '../../core/window.ts';
import { actionOf, type RunnableProcess } from '../../schedules/catalog.ts';
import { problemsOf } from '../../workflows/checked.ts';
import { checkInput, fieldsOf } from '../../workflows/input-schemas.ts';
import { rangeOf, readInstant } from '../time-range.ts';

/** As commander gives them. */
export interface RunOptions {
  readonly model?: string;
  readonly asOf?: string;
  readonly from?: string;
  readonly to?: string;
  readonly current?: string;
  readonly act?: true;
  readonly send?: true;
  readonly plan?: true;
  readonly detach?: true;
  readonly json?: true;
}

export interface RunRequest {
  readonly process: RunnableProcess;
  readonly workflowType: ReturnType<typeof actionOf>['workflowType'];
  readonly workflowId: string;
  /** The one object that the workflow takes. */
  readonly input: {
    readonly model?: string;
    readonly asOf?: string;
    readonly window?: WindowText;
    readonly current?: string;
    readonly act?: true;
    readonly send?: true;
    readonly plan?: true;
  };
}

/** Field of the input -> the option that it comes from. */
const optionOf: Readonly<Record<string, string>> = {
  model: '--model',
  asOf: '--as-of',
  window: '--from',
  current: '--current',
  act: '--act',
  send: '--send',
  plan: '--plan',
};

/**
 * Reads the options. The workflow id tells what is asked for: asked again while it runs, the run is joined.
 *
 * @param now in epoch milliseconds
 * @throws TidewatchError `INVALID_OPTION`
 */
export function readRunRequest(process: RunnableProcess, options: RunOptions, now: number): RunRequest {
  const { model, asOf, current, act, send, plan } = options;
  const window = windowOf(options);
  const { workflowType, input: usual } = actionOf(process);
  const given = {
    ...(asOf !== undefined && { asOf }),
    ...(window !== undefined && { window }),
    ...(current !== undefined && { current }),
    ...(act && { act }),
    ...(send && { send }),
    ...(plan && { plan }),
  };
  refuseForeign(process, workflowType, Object.keys({ ...(model !== undefined && { model }), ...given }));
  const input = { ...(model !== undefined && { model }), ...usual, ...given };
  if (model === undefined && process !== storageMaintenanceId)
    throw invalid('model', `is needed: whose ${process}?`);
  const [problem] = problemsOf(checkInput(workflowType, input, now));
  if (problem !== undefined) throw invalid(problem.field, problem.reason);
  const parts = [
    asOf ?? formatInstant(Math.floor(now / secondMs) * secondMs),
    ...(window === undefined ? [] : [window.start, window.end]),
    ...(current === undefined ? [] : [current]),
    ...(act ? ['act'] : []),
    ...(send ? ['send'] : []),
    ...(plan ? ['plan'] : []),
  ];
  const prefix =
    process === storageMaintenanceId || model === undefined
      ? storageMaintenanceId
      : scheduleId(process, model);
  return { process, workflowType, workflowId: [prefix, ...parts].join(':'), input };
}

function windowOf({ from, to }: RunOptions): WindowText | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) {
    const [missing, given] = from === undefined ? ['--from', '--to'] : ['--to', '--from'];
    throw new TidewatchError('INVALID_OPTION', {
      option: missing,
      reason: `is needed where ${given} is given: a window has both ends`,
    });
  }
  return formatWindow(rangeOf(readInstant('--from', from, 'hour'), readInstant('--to', to, 'hour')));
}

/** Each workflow takes some of the options only. */
function refuseForeign(
  process: RunnableProcess,
  workflowType: RunRequest['workflowType'],
  given: readonly string[],
): void {
  const known = fieldsOf(workflowType);
  const foreign = given.find((field) => !known.includes(field));
  if (foreign === undefined) return;
  const options = known.flatMap((field) => (field === 'model' ? [] : (optionOf[field] ?? [])));
  throw invalid(foreign, `${process} does not take it; it takes ${options.join(', ')}`);
}

function invalid(field: string, reason: string): TidewatchError {
  const [top = ''] = field.split('.');
  return new TidewatchError('INVALID_OPTION', {
    option: optionOf[top] ?? 'run',
    reason: reason.replace(/\.$/, ''),
  });
}
