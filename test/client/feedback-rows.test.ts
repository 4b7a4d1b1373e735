import { describe, expect, it } from 'vitest';

import { actualOfFeedback, openClient } from '../../client/tidewatch-client.ts';
import { createTestDatabase } from '../setup/servers.ts';

const about = { entity: 'a', eventTime: '2011-05-20T08:00:00Z' };
const valueOf = (feedback: Record<string, unknown>): unknown =>
  actualOfFeedback({ ...about, ...feedback }, 5).value;

describe('feedback', () => {
  it.each([
    [{ corrected: 'dog' }, 'dog'],
    [{ corrected: 21.5 }, 21.5],
    [{ corrected: 0 }, 0],
    [{ thumbs: 'up', predicted: 'cat' }, 'cat'],
    [{ thumbs: 'down', predicted: 'yes', classes: ['no', 'yes'] }, 'no'],
    [{ thumbs: 'down', predicted: 'no', classes: ['no', 'yes'] }, 'yes'],
    [{ rating: 4 }, 4],
  ])('%j is the actual %j', (feedback, value) => {
    expect(valueOf(feedback)).toBe(value);
  });

  it.each([
    [{}, 'the feedback has none of them; send one of corrected, thumbs and rating'],
    [{ corrected: 'a', rating: 1 }, 'the feedback has corrected and rating; send one of'],
    [{ thumbs: 'sideways', predicted: 'a' }, 'thumbs is "sideways"; send "up" or "down"'],
    [{ thumbs: 'up' }, 'predicted is missing; send the class that the thumbs are about'],
    [{ thumbs: 'down', predicted: 'a' }, 'says only that "a" is wrong; send corrected'],
    [{ thumbs: 'down', predicted: 'a', classes: ['a', 'b', 'c'] }, 'says only that "a" is wrong'],
    [{ thumbs: 'down', predicted: 'x', classes: ['a', 'b'] }, 'says only that "x" is wrong'],
    [{ rating: 'five' }, 'rating is "five"; send a number'],
  ])('%j is none', (feedback, reason) => {
    expect(() => valueOf(feedback)).toThrow(reason);
  });

  it('was given now unless it says when', () => {
    expect(actualOfFeedback({ ...about, rating: 1 }, 5).recordedAt).toBe(5);
    expect(actualOfFeedback({ ...about, rating: 1, recordedAt: 4 }, 5).recordedAt).toBe(4);
    expect(actualOfFeedback({ ...about, rating: 1 }).recordedAt).toBeCloseTo(Date.now(), -5);
  });

  it('is stored as an actual, and as a rejected row where it is none', async () => {
    const test = await createTestDatabase();
    try {
      const client = openClient({ database: test.database });
      const result = await client.recordFeedback('m', [
        { ...about, corrected: 'dog' },
        { ...about, corrected: Number.NaN },
      ]);
      expect(result).toEqual({
        stored: 1,
        rejected: [{ index: 1, reason: 'value is NaN; send a finite number' }],
      });
      expect(await test.database.query('select entity, class from actuals')).toEqual([
        { entity: 'a', class: 'dog' },
      ]);
    } finally {
      await test.drop();
    }
  });
});
