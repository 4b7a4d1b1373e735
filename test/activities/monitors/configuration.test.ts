import { describe, expect, it } from 'vitest';

import { canonicalJson, configurationHash } from '../../../activities/monitors/configuration.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves undefined ones out', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: undefined }] })).toBe('{"a":[{"d":1}],"b":1}');
  });

  it('keeps the order of lists', () => {
    expect(canonicalJson([3, 1, 2])).toBe('[3,1,2]');
  });

  it('keeps null, which is not the same as absent', () => {
    expect(canonicalJson({ a: null })).toBe('{"a":null}');
  });
});

describe('configurationHash', () => {
  const features = { hum: { kind: 'continuous' }, weather: { kind: 'categorical' } } as const;
  const monitor = monitorSchema.parse({
    model: 'bike',
    task: 'regression',
    features,
    reference: { kind: 'rolling' },
  });

  it('is a SHA-256 in hexadecimal', () => {
    expect(configurationHash(monitor)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same in whatever order the keys were written', () => {
    const reordered = monitorSchema.parse({
      reference: { kind: 'rolling' },
      features: { weather: features.weather, hum: features.hum },
      task: 'regression',
      model: 'bike',
    });
    expect(configurationHash(reordered)).toBe(configurationHash(monitor));
  });

  it('is the same whether a default is written or not', () => {
    const written = monitorSchema.parse({
      model: 'bike',
      task: 'regression',
      features,
      reference: { kind: 'rolling', length: '30d' },
      current: '7d',
    });
    expect(configurationHash(written)).toBe(configurationHash(monitor));
  });

  it('differs when a value differs', () => {
    expect(configurationHash({ ...monitor, current: '14d' })).not.toBe(configurationHash(monitor));
  });
});
