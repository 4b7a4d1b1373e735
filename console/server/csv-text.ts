/** A table as a file that spreadsheets open. */

import type { Cell } from './page.ts';

/**
 * A table as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe in front.
 *
 * @example csvText(['a', 'b'], [['x, "y"', 1], ['=1+1', null]]) // 'a,b\r\n"x, ""y""",1\r\n\'=1+1,\r\n'
 */
export function csvText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
