/** Charts and tables as files that somebody takes along. */

import type { Context, Hono } from 'hono';

import { drawPicture } from '../charts.ts';
import type { Known } from './access/guard.ts';
import { csvText } from './csv-text.ts';
import type { Drawing, DrawingRoute, TableRoute } from './page.ts';
import { notFound, refusalOf } from './problems.ts';
import { readAsked } from './read-asked.ts';
import type { Site } from './site.ts';

const types = {
  svg: 'image/svg+xml',
  png: 'image/png',
  csv: 'text/csv; charset=utf-8',
} as const;
type Format = keyof typeof types;

export function serveDrawings(app: Hono<Known>, site: Site, drawings: readonly DrawingRoute[]): void {
  for (const { path, draw } of drawings) {
    for (const format of Object.keys(types) as Format[]) {
      app.get(`${path}.${format}`, async (c) => {
        const drawing = await readAsked(c, site, draw);
        if (drawing === undefined) return site.respondProblem(c, notFound());
        asFile(c, drawing.name, format);
        return c.body(bodyOf(drawing, format, site.pngOf));
      });
    }
  }
}

export function serveTables(app: Hono<Known>, site: Site, tables: readonly TableRoute[]): void {
  for (const { path, role, read } of tables) {
    app.get(`${path}.csv`, async (c) => {
      const refusal = refusalOf(c.get('viewer'), role);
      if (refusal !== undefined) return site.respondProblem(c, refusal);
      const { name, head, rows } = await readAsked(c, site, read);
      asFile(c, name, 'csv');
      return c.body(csvText(head, rows));
    });
  }
}

function asFile(c: Context, name: string, format: Format): void {
  c.header('content-type', types[format]);
  c.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`${name}.${format}`)}`);
  c.header('cache-control', 'private, no-cache');
}

/** @param pngOf the PNG of an SVG */
function bodyOf(
  { option, size, head, rows }: Drawing,
  format: Format,
  pngOf: Site['pngOf'],
): string | Uint8Array<ArrayBuffer> {
  if (format === 'csv') return csvText(head, rows);
  const svg = drawPicture(option, size);
  return format === 'svg' ? svg : new Uint8Array(pngOf(svg));
}
