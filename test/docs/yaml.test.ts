/** What a page shows in YAML is what a monitor, or alerts.yaml, may hold. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { installationSettingsSchema } from '../../core/alert/installation-settings.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { fenced } from './fenced.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  ...(await readdir(join(root, 'docs'), { recursive: true })).map((name) => `docs/${name}`),
].filter((page) => page.endsWith('.md'));
const shown = (
  await Promise.all(
    pages.map(async (page) =>
      fenced(await readFile(join(root, page), 'utf8'), 'yaml').map((yaml) => ({ page, yaml })),
    ),
  )
).flat();

/** A regression with what the sections on the pages speak of. */
const monitor = {
  model: 'bike-demand',
  task: 'regression',
  features: {
    hum: { kind: 'continuous' },
    temp: { kind: 'continuous' },
    weathersit: { kind: 'categorical' },
  },
  segments: ['weathersit'],
  reference: { kind: 'fixed', start: '2011-02-01', end: '2011-03-01' },
};
/** Of a section that a page shows only a part of. */
const retraining = { trainer: { url: 'https://trainer.example.org' } };

interface Shown {
  readonly model?: string;
  readonly features?: object;
  readonly retraining?: object;
  /** At the top of alerts.yaml, not of a monitor. */
  readonly routes?: unknown;
}

describe('the YAML of', () => {
  it.each(shown)('$page is what a monitor or alerts.yaml may hold', ({ yaml }) => {
    const section = parse(yaml) as Shown;
    const whole = {
      // A page that shows a whole monitor shows its `model`.
      ...(section.model === undefined && monitor),
      // The segments are of the features above.
      ...(section.features !== undefined && { segments: [] }),
      ...section,
      ...(section.retraining !== undefined && { retraining: { ...retraining, ...section.retraining } }),
    };
    const { error } =
      'routes' in section ? installationSettingsSchema.safeParse(section) : monitorSchema.safeParse(whole);
    expect(error === undefined ? '' : z.prettifyError(error)).toBe('');
  });
});
