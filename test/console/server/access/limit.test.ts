import { describe, expect, it } from 'vitest';

import { openLimit } from '../../../../console/server/access/limit.ts';

describe('a limit', () => {
  const options = { burst: 3, everyMs: 10 };

  it('lets so many through at once, then one every so often', () => {
    const limit = openLimit(options);
    for (let i = 0; i < 3; i += 1) {
      expect(limit.wait('a', 0)).toBe(0);
      limit.take('a', 0);
    }
    expect([limit.wait('a', 0), limit.wait('a', 9), limit.wait('a', 10)]).toEqual([10, 1, 0]);
    limit.take('a', 10);
    expect([limit.wait('a', 10), limit.wait('a', 20)]).toEqual([10, 0]);
  });

  it('has forgotten everything after a while', () => {
    const limit = openLimit(options);
    for (let i = 0; i < 3; i += 1) limit.take('a', 0);
    for (let i = 0; i < 3; i += 1) {
      expect(limit.wait('a', 30)).toBe(0);
      limit.take('a', 30);
    }
    expect(limit.wait('a', 30)).toBe(10);
  });

  it('makes those wait longer who come all at once, but not for ever', () => {
    const limit = openLimit(options);
    for (let i = 0; i < 1000; i += 1) limit.take('a', 0);
    expect(limit.wait('a', 0)).toBe(40);
  });

  it('knows each key by itself, and so many of them', () => {
    const limit = openLimit({ ...options, mostKeys: 2 });
    for (const key of ['a', 'b']) for (let i = 0; i < 3; i += 1) limit.take(key, 0);
    expect([limit.wait('a', 0), limit.wait('b', 0), limit.wait('c', 0)]).toEqual([10, 10, 0]);
    limit.take('a', 0);
    limit.take('c', 0);
    // The one that was longest not counted.
    expect([limit.wait('a', 0), limit.wait('b', 0)]).toEqual([20, 0]);
  });
});
