/** A table of verdicts; what needs nobody is folded away. */

import type { Level } from '../core/verdict.ts';
import { html, type Html, type Part } from './html.ts';
import { formatCount } from './numbers.ts';

export interface VerdictTable<T> {
  /** Header cells. */
  readonly head: Html;
  readonly row: (item: T) => Html;
  readonly shown: readonly T[];
  readonly folded?: readonly T[];
  /** What is folded, in words. */
  readonly summary?: string;
  /** Of the style sheet; `verdicts` is a name, a level and a wide text. */
  readonly style?: string;
}

/** What is shown, then the rest behind its summary. */
export function verdictTable<T>({
  head,
  row,
  shown,
  folded = [],
  summary,
  style = 'verdicts',
}: VerdictTable<T>): Part {
  const table = (rows: readonly T[]): Html =>
    html`<table class="${style}">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows.map(row)}
      </tbody>
    </table>`;
  return [
    shown.length > 0 && table(shown),
    folded.length > 0 &&
      html`<details>
        <summary>${summary}</summary>
        ${table(folded)}
      </details>`,
  ];
}

/** @example levelCounts(['ok', 'critical', 'ok']) // '1 critical, 2 OK' */
export function levelCounts(levels: readonly Level[]): string {
  const counts = countedLevels
    .map(([level, words]) => ({ words, count: levels.filter((each) => each === level).length }))
    .filter(({ count }) => count > 0);
  return counts.length === 0
    ? 'none'
    : counts.map(({ words, count }) => `${formatCount(count)} ${words}`).join(', ');
}

const countedLevels: readonly (readonly [Level, string])[] = [
  ['critical', 'critical'],
  ['warning', 'warning'],
  ['insufficient-data', 'not judged'],
  ['ok', 'OK'],
];
