import { createInterface } from 'node:readline/promises';

import { TidewatchError } from '../core/errors.ts';

export interface Confirmation {
  readonly yes?: boolean | undefined;
  /** Scripts read it: nobody is asked. */
  readonly json?: boolean | undefined;
  /** What shows it without doing it. */
  readonly instead: string;
}

/**
 * Does a person want it? `--yes` says so beforehand.
 *
 * @throws TidewatchError `INVALID_OPTION` without `--yes` where nobody can be asked
 */
export async function isConfirmed(question: string, { yes, json, instead }: Confirmation): Promise<boolean> {
  if (yes) return true;
  if (json || !process.stdin.isTTY) {
    const reason = `is needed where nobody can be asked; ${instead}`;
    throw new TidewatchError('INVALID_OPTION', { option: '--yes', reason });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
