/** A suite of expectations as a file that people edit. */

import { formatCommented } from '../yaml-source.ts';
import type { ColumnFacts } from './column-facts.ts';
import { suggestExpectations } from './suggest.ts';

/**
 * The text of a suite, an entry a column with what was seen of it; columns of which nothing can be expected are named at the end.
 *
 * @param source What the columns were seen in, for example `bikes.csv (8645 rows)`.
 */
export function suiteText(columns: readonly ColumnFacts[], source: string): string {
  const suggested = columns.map((facts) => ({ name: facts.name, ...suggestExpectations(facts) }));
  const entries = suggested.flatMap(({ name, expectations, comment }) =>
    expectations === undefined ? [] : [{ key: name, value: expectations, comment }],
  );
  const without = suggested.filter(({ expectations }) => expectations === undefined);
  const head = [
    `What is expected of each column, suggested from ${source}.`,
    'Edit it: these are guesses with a tenth of slack, and you know what a column may hold.',
    'Also possible: matches: a regular expression; unique: true; level: warning (by default critical).',
    'Check a file:  tidewatch compare --reference <file> --current <file> --expectations <this file>',
    'In a monitor:  copy the braces of a column to `expect:` of its feature.',
    ...without.map(({ name, comment }) => `Left out: ${name} (${comment})`),
  ];
  return formatCommented(head, 'expectations', entries);
}
