import { expect, it } from 'vitest';

import { drawPicture } from '../../../console/charts.ts';
import { trendOption } from '../../../console/performance-report/trend-chart.ts';
import type { Trend } from '../../../console/performance-report/performance-report.ts';

const trend = (limits: Trend['limits'], values: readonly number[]): Trend => ({
  length: '7 days',
  points: values.map((value, i) => ({
    windowEnd: `2026-11-${10 + i}T00:00:00Z`,
    version: '1',
    state: 'final',
    value,
  })),
  days: [],
  limits,
  marks: [],
});

/** Text -> the pixel that its middle is at. */
function heights(svg: string): ReadonlyMap<string, number> {
  const texts = svg.matchAll(/<text[^>]*transform="translate\([\d.-]+ ([\d.-]+)\)"[^>]*>([^<]*)<\/text>/g);
  return new Map([...texts].map(([, y, text]) => [text!.trim(), Number(y)]));
}

const drawn = (limits: Trend['limits'], values: readonly number[]): ReadonlyMap<string, number> =>
  heights(drawPicture(trendOption(trend(limits, values), 'rmse', 960), { width: 960, height: 280 }));

it.each([
  [{ warning: 55, critical: 65 }, [50, 90, 300]],
  [{ warning: 65, critical: 55 }, [50, 90, 300]],
  [{ warning: 55, critical: 56 }, [50, 52, 54]],
  [{ warning: 55, critical: 65 }, [50, 52, 54]],
])('words of limits have room beside each other: %j in %j', (limits, values) => {
  const texts = drawn(limits, values);
  const [warning, critical] = [
    texts.get(`warning ${limits.warning}`),
    texts.get(`critical ${limits.critical}`),
  ];
  expect(Math.abs(warning! - critical!)).toBeGreaterThan(14);
});

it('names limits that are equal once', () => {
  const texts = drawn({ warning: 60, critical: 60 }, [50, 52, 300]);
  expect([...texts.keys()].filter((text) => text.includes('60'))).toEqual(['warning and critical 60']);
});
