import { expect, it } from 'vitest';

import { gateNews } from '../../../core/degradation/restated-news.ts';
import { dayMs, parseInstant } from '../../../core/window.ts';

const end = parseInstant('2011-05-13T00:00:00Z');
const ok = { level: 'ok', reason: '24 outcomes' } as const;
const few = { level: 'insufficient-data', reason: '3 outcomes, at least 10 are needed' } as const;
const over = (days: number, until = end) => ({ start: until - days * dayMs, end: until });

it('names the windows of one day together, the shortest first, where the same is true of them', () => {
  const news = gateNews([
    { window: over(7), version: '1', from: ok, to: few },
    { window: over(1), version: '1', from: ok, to: few },
    { window: over(1), version: '2', from: few, to: ok },
  ]);
  expect(news).toEqual([
    {
      day: '2011-05-13',
      summary:
        'the numbers of 12 May and the 7 days to 12 May (version 1) do not count any more: 3 outcomes, at least 10 are needed; ' +
        'the numbers of 12 May (version 2) count after all: 24 outcomes',
      facts: [
        {
          name: 'the 7 days to 12 May, version 1',
          value: 'ok (24 outcomes) -> insufficient-data (3 outcomes, at least 10 are needed)',
        },
        expect.objectContaining({ name: '12 May, version 1' }),
        expect.objectContaining({ name: '12 May, version 2' }),
      ],
    },
  ]);
});

it('is one piece of news for each day that windows end at', () => {
  const news = gateNews([
    { window: over(1), version: '1', from: ok, to: few },
    { window: over(7, end + dayMs), version: '1', from: ok, to: few },
  ]);
  expect(news.map(({ day }) => day)).toEqual(['2011-05-13', '2011-05-14']);
});

it('has nothing to tell where nothing was restated', () => {
  expect(gateNews([])).toEqual([]);
});
