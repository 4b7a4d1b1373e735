import { composeMessage } from '../../../core/alert/compose.ts';
import type { AlertEventText, AlertMessage } from '../../../core/alert/message.ts';

/** The message of one event: that of the worked examples, or one that differs from it. */
export function alertMessage(given: Partial<AlertEventText> = {}): AlertMessage {
  return composeMessage([alertEvent(given)]);
}

export function alertEvent(given: Partial<AlertEventText> = {}): AlertEventText {
  return {
    model: 'bike-demand',
    alertKey: 'degradation:bike-demand:performance',
    episode: 1,
    event: 'opened',
    kind: 'degradation',
    severity: 'critical',
    title: 'bike-demand is degraded',
    summary: 'RMSE over 7 days 101.2 is above 75',
    facts: [
      { name: 'Version', value: '3' },
      { name: 'RMSE', value: '101.2' },
    ],
    asOf: Date.UTC(2011, 4, 20, 3, 40),
    runId: 'run-1',
    links: [
      {
        label: 'Open the run in Temporal',
        url: 'http://127.0.0.1:8233/namespaces/default/workflows/degradation-check%3Abike-demand/run-1/history',
      },
    ],
    ...given,
  };
}

/** Names that try to leave the place they are put in. */
export const hostileNames = [
  '<!channel>',
  '<@U012AB3CD>',
  '@here',
  '@Channel @everyone',
  '<https://evil.example|click me>',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'x\r\nBcc: victim@example.org',
  '*bold* _italic_ `code` ~gone~',
  '&amp; &lt;b&gt;',
] as const;
