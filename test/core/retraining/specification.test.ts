import { describe, expect, it } from 'vitest';

import { exclusionsOf, trainingContent } from '../../../core/retraining/specification.ts';
import { parseInstant } from '../../../core/window.ts';

const at = (day: string): number => parseInstant(`2011-${day}T00:00:00Z`);

const windows = {
  training: { start: at('03-01'), end: at('05-13') },
  holdout: { start: at('05-13'), end: at('05-20') },
  reason: 'the last 73 days',
};

const period = (from: string, to: string) => ({ from, to, reason: `${from} is broken` });

describe('exclusionsOf', () => {
  it('has those that touch the training or the holdout, whole and in order', () => {
    const exclude = exclusionsOf(windows, [
      period('2011-05-15', '2011-05-16'),
      period('2011-02-20', '2011-03-02'),
      period('2011-04-01T06:00:00Z', '2011-04-01T12:00:00Z'),
      period('2011-02-01', '2011-03-01'),
      period('2011-05-20', '2011-05-21'),
    ]);
    expect(exclude).toEqual([
      { start: '2011-02-20T00:00:00Z', end: '2011-03-02T00:00:00Z', reason: '2011-02-20 is broken' },
      {
        start: '2011-04-01T06:00:00Z',
        end: '2011-04-01T12:00:00Z',
        reason: '2011-04-01T06:00:00Z is broken',
      },
      { start: '2011-05-15T00:00:00Z', end: '2011-05-16T00:00:00Z', reason: '2011-05-15 is broken' },
    ]);
  });
});

describe('trainingContent', () => {
  const content = (days: Parameters<typeof trainingContent>[0]['days']) =>
    trainingContent({ model: 'bikes', windows, exclude: [], days, segments: { 'season=spring': 7 } });

  it('says what is trained on, day by day', () => {
    expect(
      content([
        { day: at('03-02'), rows: 3, checksum: 'b' },
        { day: at('03-01'), rows: 4, checksum: 'a' },
      ]),
    ).toEqual({
      model: 'bikes',
      training: { start: '2011-03-01T00:00:00Z', end: '2011-05-13T00:00:00Z' },
      reason: 'the last 73 days',
      holdout: { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' },
      exclude: [],
      rows: 7,
      days: { '2011-03-01': { rows: 4, checksum: 'a' }, '2011-03-02': { rows: 3, checksum: 'b' } },
      segments: { 'season=spring': 7 },
    });
  });

  it('knows when there is nothing', () => {
    expect(content([])).toMatchObject({ rows: 0, days: {} });
  });
});
