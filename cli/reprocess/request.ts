import { TidewatchError } from '../../core/errors.ts';
import { durationMs, formatWindow, hourMs, isDuration, type WindowText } from '../../core/window.ts';
import { rangeOf, readInstant } from '../time-range.ts';

export interface ReprocessOptions {
  readonly model: string;
  readonly from: string;
  readonly to: string;
  readonly step: string;
  readonly detach?: true;
  readonly json?: true;
}

/** What `reprocessing` is started with, and under which id: the same range of a model runs once at a time. */
export interface ReprocessRequest {
  readonly workflowId: string;
  readonly input: { readonly model: string; readonly window: WindowText; readonly step: string };
}

/**
 * Reads the options of `tidewatch reprocess`. A day begins at midnight UTC; the one of `--to` is not included.
 *
 * @throws TidewatchError `INVALID_OPTION`
 */
export function readRequest({ model, from, to, step }: ReprocessOptions): ReprocessRequest {
  if (!isDuration(step) || durationMs(step) === 0 || durationMs(step) % hourMs !== 0) {
    const reason = `"${step}" is not one; write whole hours, days or weeks, for example 1d`;
    throw new TidewatchError('INVALID_OPTION', { option: '--step', reason });
  }
  const window = formatWindow(rangeOf(readInstant('--from', from, 'hour'), readInstant('--to', to, 'hour')));
  return {
    workflowId: `reprocessing:${model}:${window.start}:${window.end}`,
    input: { model, window, step },
  };
}
