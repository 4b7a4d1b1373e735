/** The summary as a person reads it at the end of the demo. */

import Table from 'cli-table3';

import { countText, metricTable } from '../core/performance/metrics.ts';
import type { Demo } from './run.ts';
import type { Summary } from './summary.ts';

export function formatSummary(
  summary: Summary,
  { stack, processes, messagesDirectory }: Pick<Demo, 'stack' | 'processes' | 'messagesDirectory'>,
): string {
  return [
    '',
    weeksTable(summary),
    '',
    ...summary.retrainings.map(
      ({ asOf, state, helped, reason }) =>
        `retraining as of ${asOf}: ${state === 'kept' ? 'promoted, and kept' : state}${helped === null ? '' : `, helped: ${helped}`} (${reason})`,
    ),
    '',
    ...list('Slack', summary.alerts.slack),
    ...list('e-mail', summary.alerts.email),
    ...list('e-mail as weekly reports', summary.reports),
    '',
    `runs: ${Object.entries(summary.workflows)
      .map(
        ([type, { completed, failed }]) => `${type} ${completed}${failed > 0 ? ` (${failed} failed)` : ''}`,
      )
      .join(', ')}`,
    '',
    `console       ${processes.consoleUrl}`,
    `Temporal UI   ${stack.temporal.uiUrl}`,
    `Pushgateway   ${stack.pushgateway.url}`,
    `reports       ${processes.workerUrl}/reports`,
    `messages      ${messagesDirectory}`,
    `worker        ${processes.workerUrl}/readyz  ${processes.workerUrl}/metrics`,
    `Postgres      ${processes.databaseUrl}`,
    '',
    ...askText({ processes }, summary.model),
  ].join('\n');
}

/** What to type to ask the running demo. */
export function askText(
  { processes }: { readonly processes: Pick<Demo['processes'], 'environment'> },
  model: string,
): string[] {
  return [
    'ask it in another terminal:',
    ...Object.entries(processes.environment).map(([name, value]) => `  export ${name}=${value}`),
    `  npx tidewatch alerts`,
    `  npx tidewatch status --model ${model} --explain`,
  ];
}

function weeksTable({ metric, weeks }: Summary): string {
  const table = new Table({
    head: ['week', 'version', metricTable[metric].label, 'frozen', 'drifted features', 'verdict'],
    colAligns: ['left', 'left', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { start, version, value, frozenValue, driftedFeatures, verdict } of weeks) {
    table.push([
      start,
      version,
      numberText(value),
      numberText(frozenValue),
      driftedFeatures.join(', '),
      verdict,
    ]);
  }
  return table.toString();
}

/** Three significant digits suit bikes (84.2) and probabilities (0.384) alike. */
function numberText(number: number | null): string {
  return number === null ? '' : number.toPrecision(3);
}

function list(channel: string, texts: readonly string[]): string[] {
  return [
    `${countText(texts.length, 'message')} arrived by ${channel}${texts.length > 0 ? ':' : ''}`,
    ...texts.map((text) => `  ${text}`),
  ];
}
