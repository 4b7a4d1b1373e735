/** Suites of expectations: what people expect of the columns of a table, in YAML. */

import { z } from 'zod';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { expectationsSchema } from '../core/quality/expectations.ts';
import { invalidFiles } from './file-problems.ts';
import { problemsOf } from './monitor-problems.ts';
import { wordsOf } from './monitor-words.ts';
import { readYaml } from './yaml-source.ts';

const suiteSchema = z.strictObject({
  /** Column -> what is expected of it. */
  expectations: z.record(z.string().min(1), expectationsSchema),
});

export type ExpectationSuite = z.output<typeof suiteSchema>;

/**
 * Reads a suite of expectations, such as `tidewatch init --expectations` writes.
 *
 * @throws TidewatchError `INVALID_EXPECTATIONS` that lists all problems with their line and column
 */
export async function readExpectationsFile(file: string): Promise<ExpectationSuite> {
  const source = await readYaml(file).catch((error: unknown) => {
    const problems = `${file}: cannot be read (${reasonOf(error)})`;
    throw new TidewatchError('INVALID_EXPECTATIONS', { count: 1, problems });
  });
  if (source.unreadable) throw invalidFiles('INVALID_EXPECTATIONS', source.problems);
  const data = source.data ?? {};
  const parsed = suiteSchema.safeParse(data, { error: wordsOf });
  const found = parsed.success
    ? []
    : parsed.error.issues
        .flatMap((issue) => problemsOf(data, issue, suiteSchema))
        .map(({ path, message }) => source.at(path, message));
  const problems = [...source.problems, ...found];
  if (problems.length > 0 || !parsed.success) throw invalidFiles('INVALID_EXPECTATIONS', problems);
  return parsed.data;
}
