import { describe, expect, it } from 'vitest';

import { tracingSettings } from '../../../worker/tracing/settings.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('tracing', () => {
  it('is off without an endpoint', () => {
    expect(tracingSettings({})).toBeUndefined();
    expect(tracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_SERVICE_NAME: 'mine' })).toBeUndefined();
  });

  it('is on with one, for all signals or for traces', () => {
    const all = { sampling: { share: 1 }, warnings: [] };
    expect(tracingSettings(endpoint)).toEqual(all);
    expect(
      tracingSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }),
    ).toEqual(all);
  });

  it.each([{ OTEL_SDK_DISABLED: 'true' }, { OTEL_SDK_DISABLED: 'TRUE' }, { OTEL_TRACES_EXPORTER: 'none' }])(
    'is off where that is said otherwise: %j',
    (said) => {
      expect(tracingSettings({ ...endpoint, ...said })).toBeUndefined();
    },
  );

  it.each([
    [{}, 1],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, 1],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, 1],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 0],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 0.25],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, 0],
  ])('records a share of all traces: %j', (said, share) => {
    expect(tracingSettings({ ...endpoint, ...said })).toEqual({ sampling: { share }, warnings: [] });
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /no sampler named jaeger_remote: every trace is recorded/],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, /OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1/],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' }, /is no number from 0 to 1/],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /sent by http\/protobuf, and not by grpc/],
  ])('says what it does not do, and records every trace: %j', (said, warning) => {
    const settings = tracingSettings({ ...endpoint, ...said });
    expect(settings).toEqual({ sampling: { share: 1 }, warnings: [expect.stringMatching(warning)] });
  });
});
