import { describe, expect, it } from 'vitest';

import { arrangeModels, pageSize, type ModelHead } from '../../../../console/pages/models/arrange.ts';
import { modelsAsked } from '../../../../console/pages/models/asked.ts';

const model = (name: string, head: Partial<ModelHead> = {}): ModelHead => ({
  model: name,
  level: 'ok',
  openAlerts: 0,
  predictedAt: 0,
  ...head,
});
const asked = (text: string) => modelsAsked(new URLSearchParams(text));
const names = (models: readonly ModelHead[], text: string): string[] =>
  arrangeModels(models, asked(text)).shown.map(({ model }) => model);

const four = [
  model('calm'),
  model('alerted', { openAlerts: 3, predictedAt: 2 }),
  model('bad', { level: 'critical', predictedAt: null }),
  model('worse', { level: 'critical', openAlerts: 1, predictedAt: 1 }),
  model('unknown', { level: 'insufficient-data', predictedAt: 3 }),
];

describe('the order of models', () => {
  it.each([
    ['', ['worse', 'bad', 'unknown', 'alerted', 'calm']],
    ['sort=model', ['alerted', 'bad', 'calm', 'unknown', 'worse']],
    ['sort=alerts', ['alerted', 'worse', 'bad', 'unknown', 'calm']],
    ['sort=predictions', ['bad', 'calm', 'worse', 'alerted', 'unknown']],
  ])('by "%s": those first that somebody should look at', (text, expected) => {
    expect(names(four, text)).toEqual(expected);
  });
});

describe('the models that are shown', () => {
  it('have a part of the name in any case, and the verdict', () => {
    expect(names(four, 'search=AL')).toEqual(['alerted', 'calm']);
    expect(names(four, 'verdict=critical')).toEqual(['worse', 'bad']);
    expect(names(four, 'verdict=critical&search=or')).toEqual(['worse']);
  });

  it('are counted by verdict, whichever of these is asked for', () => {
    const { levels } = arrangeModels(four, asked('verdict=ok'));
    expect(levels).toEqual({ critical: 2, warning: 0, 'insufficient-data': 1, ok: 2 });
  });

  it('are those of one page; a page that is not there is the last one', () => {
    const many = Array.from({ length: 2 * pageSize + 1 }, (_, i) => model(`m${String(i).padStart(3, '0')}`));
    expect(names(many, 'page=2')[0]).toBe('m050');
    for (const last of ['page=3', 'page=99999']) expect(names(many, last)).toEqual(['m100']);
    expect(arrangeModels(many, asked('page=99')).pages).toEqual({ page: 3, size: pageSize, count: 101 });
  });
});

describe('what a query says wrongly', () => {
  it.each(['page=0', 'page=-1', 'page=1e9', 'page=x', 'verdict=bad', 'sort=%27;drop', 'x=y'])(
    'is as if it had not been said: %s',
    (text) => {
      expect(asked(text)).toEqual({ search: '', sort: 'worst', page: 1 });
    },
  );
});
