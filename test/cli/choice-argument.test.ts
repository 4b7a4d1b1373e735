import { Command, CommanderError } from 'commander';
import { describe, expect, it, vi } from 'vitest';

import { addBackfillSchedule } from '../../cli/commands/backfill-schedule.ts';
import { addRun } from '../../cli/commands/run.ts';
import { choiceArgument } from '../../cli/choice-argument.ts';

/** What commander says of a command line. */
async function problemOf(add: (program: Command) => void, ...args: readonly string[]): Promise<string> {
  const program = new Command('tidewatch').exitOverride();
  add(program);
  const said: string[] = [];
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: (text) => void said.push(text) });
  await expect(program.parseAsync(args, { from: 'user' })).rejects.toBeInstanceOf(CommanderError);
  return said.join('');
}

describe('a word that is no choice', () => {
  it('is told with the choice that begins with it, or that it is almost', async () => {
    expect(await problemOf(addRun, 'run', 'drift', '--model', 'bikes')).toContain(
      'Did you mean "drift-detection"? Allowed choices are actuals-backfill, drift-detection, ',
    );
    expect(await problemOf(addRun, 'run', 'degradation-chek', '--model', 'bikes')).toContain(
      'Did you mean "degradation-check"?',
    );
    const range = ['--model', 'bikes', '--from', '2026-01-01', '--to', '2026-01-02'];
    expect(await problemOf(addBackfillSchedule, 'backfill-schedule', 'performance', ...range)).toContain(
      'Did you mean "performance-evaluation"?',
    );
  });

  it('that could be any, or several, is told the choices only', async () => {
    const add = (program: Command): void =>
      void program.command('go').addArgument(choiceArgument('<to>', 'where', ['north-east', 'north-west']));
    expect(await problemOf(add, 'go', 'north')).toMatch(/ Allowed choices are north-east, north-west\./);
    expect(await problemOf(add, 'go', 'north')).not.toContain('Did you mean');
  });
});

it('takes several choices', async () => {
  const action = vi.fn<(to: readonly string[]) => void>();
  const program = new Command('tidewatch').exitOverride();
  program
    .command('go')
    .addArgument(choiceArgument('<to...>', 'where', ['north', 'south']))
    .action(action);
  await program.parseAsync(['go', 'north', 'south'], { from: 'user' });
  expect(action.mock.calls[0]![0]).toEqual(['north', 'south']);
});
