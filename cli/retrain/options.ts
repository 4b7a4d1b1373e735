import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { parseInstant } from '../../core/window.ts';

export interface RetrainOptions {
  readonly model?: string;
  readonly explain?: true;
  readonly asOf?: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly json?: true;
}

/**
 * The instant of `--as-of`.
 *
 * @throws TidewatchError `INVALID_OPTION` for what is none, or lies in the future
 */
export function readAsOf(asOf: string | undefined, now: number): number {
  if (asOf === undefined) return Math.floor(now / 1000) * 1000;
  const refused = (reason: string): TidewatchError =>
    new TidewatchError('INVALID_OPTION', { option: '--as-of', reason });
  let instant: number;
  try {
    instant = parseInstant(asOf);
  } catch (error) {
    throw refused(reasonOf(error).replace(/\.$/, ''));
  }
  if (instant > now) throw refused(`${asOf} is in the future; write now or an instant of the past`);
  return instant;
}
