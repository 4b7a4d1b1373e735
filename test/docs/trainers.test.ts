/** What docs/trainers.md shows is what the code takes. */

import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { trainingAnswerSchema, trainingRequestSchema } from '../../core/retraining/trainer-contract.ts';
import { trainerSchema } from '../../core/retraining/trainer-settings.ts';

const page = await readFile(new URL('../../docs/trainers.md', import.meta.url), 'utf8');
const readme = await readFile(
  new URL('../../docs/examples/python-trainer/README.md', import.meta.url),
  'utf8',
);
const shown = (language: string, text: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, body]) => body!);
const [request, answer, callback] = shown('json', page).map((text) => JSON.parse(text) as object);

it('shows a request with everything in it', () => {
  const whole = { ...request, ...callback };
  expect(trainingRequestSchema().parse(whole)).toEqual(whole);
  expect(Object.keys(whole).sort()).toEqual(Object.keys(trainingRequestSchema().shape).sort());
});

it('shows an answer with everything in it', () => {
  expect(trainingAnswerSchema().parse(answer)).toEqual(answer);
  const succeeded = trainingAnswerSchema().options.find(({ shape }) => shape.state.value === 'succeeded');
  expect(Object.keys(answer!).sort()).toEqual(Object.keys(succeeded!.shape).sort());
});

it('shows trainers as a monitor has them', () => {
  const monitors = [...shown('yaml', page), ...shown('yaml', readme)];
  const schema = z.object({ retraining: z.object({ trainer: trainerSchema }) });
  const kinds = monitors.map((text) => schema.parse(parse(text)).retraining.trainer.kind);
  expect(kinds).toEqual(['temporal', 'http', 'command', 'temporal']);
});
