import { TidewatchError } from '../core/errors.ts';

/**
 * Of an update that a command is about to send: its options have the names of the update's fields.
 *
 * @throws TidewatchError `INVALID_OPTION` for the first problem
 */
export function requireValidUpdate(
  command: string,
  [problem]: readonly { readonly field: string; readonly reason: string }[],
): void {
  if (problem === undefined) return;
  const option = problem.field === '' ? command : `--${problem.field}`;
  throw new TidewatchError('INVALID_OPTION', { option, reason: problem.reason });
}
