import type { Command } from 'commander';

import type { TryOptions } from '../rules/try-rules.ts';
import { example } from './example.ts';
import { print, printJson, printable } from '../print.ts';

interface Options extends TryOptions {
  readonly json?: true;
}

const examples = `
A file holds a list of rules, a mapping with \`rules\`, or a whole monitor:
  rules:
    - { name: too wrong, metric: rmse, over: 1d, limit: 75, windows: 3 of 5 }
    - { metric: rmse, worseThan: { baseline: 28d before, by: 20% }, level: warning }

Examples:
  $ tidewatch rules try --model bike-demand --rules stricter.yaml
  $ tidewatch rules try --model bike-demand --rules monitors/bike-demand.yaml --from 2011-04-01 --to 2011-06-01
  $ tidewatch rules try --model bike-demand --as-known

Exit codes: 0; 2 for bad input, with the place of each problem in the file; 3 if Postgres does not answer.`;

/** `tidewatch rules` */
export function addRules(program: Command): void {
  const rules = program
    .command('rules')
    .description('try degradation rules before you apply them')
    .addHelpText('after', example('rules try --model bike-demand --rules stricter.yaml'));
  rules
    .command('try')
    .description(
      'replay rules and the applied ones over the stored history: how often, when, how early they fire; changes nothing',
    )
    .requiredOption('--model <name>', 'the model')
    .option('--rules <file>', 'the rules to try; without it, only the applied ones are replayed')
    .option('--from <day>', 'the first day to check; by default the first there is')
    .option('--to <day>', 'the day after the last; by default the last there is')
    .option('--as-known', 'judge by what was known the night after each day, not by what is known now')
    .option('--json', 'print everything as JSON, with the result of each day')
    .addHelpText('after', examples)
    .action(tryThem);
}

async function tryThem(options: Options): Promise<void> {
  const { withDatabase } = await import('../database.ts');
  const { tryRules } = await import('../rules/try-rules.ts');
  const trial = await withDatabase('tidewatch-rules', async (database) => {
    return tryRules(database, options);
  });
  if (options.json) {
    const { trialJson } = await import('../rules/trial-json.ts');
    printJson(trialJson(trial));
    return;
  }
  const { screen } = await import('../paint.ts');
  const { trialText } = await import('../rules/trial-text.ts');
  print(trialText(printable(trial), screen()));
}
