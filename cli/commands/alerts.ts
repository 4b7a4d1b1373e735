import { Option, type Command } from 'commander';

import { alertKinds, severities } from '../../core/alert/alert.ts';
import { alertStates } from '../../core/alert/life.ts';
import type { ChangeOptions } from '../alerts/change-alert.ts';
import type { ListOptions } from '../alerts/print-alerts.ts';
import type { RouteTestOptions } from '../alerts/route-test.ts';
import { nearest } from '../nearest.ts';
import { example } from './example.ts';

const examples = `
Examples:
  $ tidewatch alerts
  $ tidewatch alerts --model bike-demand --all
  $ tidewatch alerts show degradation:bike-demand:performance
  $ tidewatch alerts acknowledge degradation:bike-demand:performance --note "looking into it"
  $ tidewatch alerts route --test --model bike-demand --kind drift --severity warning
  $ tidewatch alerts snooze drift:bike-demand:hum --for 2d
  $ tidewatch alerts show 'drift:bike-demand:air temperature'

Exit codes: 0; 2 for an unknown alert or a change it does not allow; 3 if Postgres or Temporal does not answer.`;

/** `tidewatch alerts` */
export function addAlerts(program: Command): void {
  const alerts = program
    .command('alerts')
    .description('list alerts, show their history, acknowledge and resolve them')
    .addHelpText('after', examples);
  alerts
    .command('list', { isDefault: true })
    .description('list the unresolved alerts')
    .option('--model <name>', 'only of this model')
    .addOption(new Option('--state <state>', 'only in this state').choices(alertStates))
    .addOption(new Option('--severity <severity>', 'only of this severity').choices(severities))
    .option('--all', 'also the resolved ones')
    .option('--limit <number>', 'at most this many, the worst', '100')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('alerts', 'alerts --state acknowledged --severity critical'))
    .allowExcessArguments()
    .action(async (options: ListOptions & { readonly json?: true }, command: Command) => {
      const [word] = command.args;
      if (word !== undefined) return command.error(unknownWord(word, alerts), { exitCode: 2 });
      const { printAlerts } = await import('../alerts/print-alerts.ts');
      await printAlerts(options);
    });
  alerts
    .command('show <key>')
    .description('show one alert, its history, and who was told of each event')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('alerts show degradation:bike-demand:performance'))
    .action(async (key: string, options: { readonly json?: true }) => {
      const { printAlert } = await import('../alerts/print-alerts.ts');
      await printAlert(key, options);
    });
  alerts
    .command('route')
    .description('show where an alert would go, when and why, by the applied routes or those of a file')
    .requiredOption('--test', 'send nothing; always required')
    .requiredOption('--model <name>', 'its model')
    .addOption(new Option('--kind <kind>', 'its kind').choices(alertKinds).makeOptionMandatory())
    .addOption(new Option('--severity <severity>', 'its severity').choices(severities).makeOptionMandatory())
    .option('--subject <subject>', 'its subject; by default dataset')
    .option('--at <instant>', 'when it opens, such as 2026-02-03T09:00:00Z; by default now')
    .option('--file <file>', 'use the routes and maintenances of this alerts.yaml, applied or not')
    .option('--label <name=value...>', 'its labels, beside those of the monitor')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      example(
        'alerts route --test --model bike-demand --kind drift --severity warning',
        'alerts route --test --model bike-demand --kind degradation --severity critical --at 2026-02-07T22:00:00Z',
        'alerts route --test --model bike-demand --kind drift --severity warning --file monitors/alerts.yaml',
      ),
    )
    .action(async (options: RouteTestOptions) => {
      const { testRoutes } = await import('../alerts/route-test.ts');
      await testRoutes(options);
    });
  addChange(alerts, 'acknowledge', 'take it: it is not repeated unless it gets worse').option(
    '--note <text>',
    'your note',
  );
  addChange(alerts, 'snooze', 'do not repeat it for a while, unless it gets worse')
    .option('--for <duration>', 'how long, such as 4h or 2d')
    .option('--until <instant>', 'until when, such as 2026-02-03T09:00:00Z')
    .option('--note <text>', 'your note');
  addChange(alerts, 'resolve', 'end it; trouble observed later reopens it').option(
    '--note <text>',
    'your note',
  );
  addChange(alerts, 'comment', 'add a note, even after it is resolved').requiredOption(
    '--note <text>',
    'your note',
  );
}

/** Whatever is no command arrives at the one that needs no name. */
function unknownWord(word: string, { commands }: Command): string {
  if (word.includes(':')) return `error: unknown command '${word}'; write tidewatch alerts show '${word}'`;
  const near = nearest(
    word,
    commands.map((command) => command.name()),
  );
  return `error: unknown command '${word}'${near === undefined ? '; see --help' : `; did you mean ${near}?`}`;
}

const usual: Readonly<Record<ChangeOptions['change'], string>> = {
  acknowledge: '--note "looking into it"',
  snooze: '--for 2d',
  resolve: '--note "the sensor was replaced"',
  comment: '--note "seen since the deployment"',
};

function addChange(alerts: Command, change: ChangeOptions['change'], description: string): Command {
  return alerts
    .command(`${change} <key>`)
    .description(description)
    .option('--by <name>', 'who you are; by default your name on this machine')
    .option('--json', 'print the changed alert as JSON')
    .addHelpText('after', example(`alerts ${change} drift:bike-demand:hum ${usual[change]}`))
    .action(async (key: string, options: Omit<ChangeOptions, 'change'>) => {
      const { changeAlert } = await import('../alerts/change-alert.ts');
      await changeAlert(key, { ...options, change });
    });
}
