import { writeFile } from 'node:fs/promises';

import { reasonOf, TidewatchError } from '../core/errors.ts';

/**
 * Writes what a command was asked for to a file, in the place of what is there.
 *
 * @throws TidewatchError `UNWRITABLE_FILE`
 */
export async function writeOutput(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, `${text}\n`);
  } catch (error) {
    throw new TidewatchError('UNWRITABLE_FILE', { file, reason: reasonOf(error) }, { cause: error });
  }
}
