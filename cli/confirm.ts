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
export async function isConfirmed(question: string, confirmation: Confirmation): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, confirmation);
  return answer === 'yes beforehand' || /^y(es)?$/i.test(answer.answered);
}

/**
 * The same of what cannot be undone: a person types the name of what it is done to.
 *
 * @throws TidewatchError `INVALID_OPTION` without `--yes` where nobody can be asked
 */
export async function isTyped(name: string, question: string, confirmation: Confirmation): Promise<boolean> {
  const answer = await ask(question, confirmation);
  return answer === 'yes beforehand' || answer.answered === name;
}

async function ask(
  question: string,
  { yes, json, instead }: Confirmation,
): Promise<'yes beforehand' | { readonly answered: string }> {
  if (yes) return 'yes beforehand';
  if (json || !process.stdin.isTTY) {
    const reason = `is needed where nobody can be asked; ${instead}`;
    throw new TidewatchError('INVALID_OPTION', { option: '--yes', reason });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return { answered: (await terminal.question(question)).trim() };
  } finally {
    terminal.close();
  }
}
