/** A chart as a file that somebody takes along. */

import type { Context } from 'hono';

import { drawPicture } from '../charts.ts';
import type { Cell, Drawing } from './page.ts';

export const drawingFormats = ['svg', 'png', 'csv'] as const;
export type DrawingFormat = (typeof drawingFormats)[number];

const types: Readonly<Record<DrawingFormat, string>> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  csv: 'text/csv; charset=utf-8',
};

/** @param pngOf the PNG of an SVG */
export function answerDrawing(
  c: Context,
  { name, option, size, head, rows }: Drawing,
  format: DrawingFormat,
  pngOf: (svg: string) => Uint8Array,
): Response {
  c.header('content-type', types[format]);
  c.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`${name}.${format}`)}`);
  c.header('cache-control', 'private, no-cache');
  if (format === 'csv') return c.body(csvText(head, rows));
  const svg = drawPicture(option, size);
  return c.body(format === 'svg' ? svg : new Uint8Array(pngOf(svg)));
}

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
