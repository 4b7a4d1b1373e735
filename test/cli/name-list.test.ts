import { describe, expect, it } from 'vitest';

import { nameList } from '../../cli/name-list.ts';

describe('nameList', () => {
  it('reads names with commas between them', () => {
    expect(nameList('temp, hum,')).toEqual(['temp', 'hum']);
  });

  it('refuses none', () => {
    expect(() => nameList(' , ')).toThrow('It holds no name.');
  });
});
