import { expect, it } from 'vitest';

import { unpushedNote } from '../../cli/unpushed-note.ts';

it('warns of gauges that were not pushed, with the reason', () => {
  const metricsReason =
    'The Pushgateway at http://gauges:9091 does not accept metrics (refused). Start it, or correct PUSHGATEWAY_URL.';
  expect(unpushedNote({ metrics: 'not pushed', metricsReason })).toBe(
    `warning: the result is stored, but its gauges were not pushed: ${metricsReason} The worker goes on trying; the next run pushes them as well.`,
  );
  // As a run of an older worker ends.
  expect(unpushedNote({ metrics: 'not pushed' })).toMatch(/were not pushed\. The worker goes on/);
});

it.each([{ metrics: 'pushed' }, { metrics: 'not configured' }, {}] as const)(
  'says nothing of %j',
  (facts) => {
    expect(unpushedNote(facts)).toBeUndefined();
  },
);
