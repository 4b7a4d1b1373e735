/** What --help says: of the program, and of each command. */

import { describe, expect, it } from 'vitest';

import { tidewatchProgram } from '../../cli/program.ts';
import { commandsBelow, notesOf, pathOf } from '../../docs/reference/commands.ts';

const program = tidewatchProgram('1.2.3');
const commands = commandsBelow(program).map((command) => ({ path: pathOf(command), command }));

describe('--help', () => {
  it('lists each command in a group that says what it is for', () => {
    const help = program.helpInformation();
    expect(help).not.toMatch(/^Commands:/m);
    for (const { command } of commands)
      if (command.parent === program) expect(help).toMatch(new RegExp(`^  ${command.name()} `, 'm'));
  });

  it.each(commands)('of $path shows how it is called', ({ path, command }) => {
    expect(notesOf(command)).toMatch(
      new RegExp(`^ .*\\$ (?:.* )?tidewatch ${path.replace(/ (list|start)$/, '')}(?= |$)`, 'm'),
    );
  });

  it.each(commands.filter(({ command }) => command.parent === program))(
    'of $path says how it ends',
    ({ command }) => {
      const said = [command, ...command.commands].map(notesOf).join('\n');
      expect(said).toContain('Exit codes: 0');
    },
  );

  it.each(commands)('of $path says what each argument and option means', ({ command }) => {
    const silent = command.options.filter(({ description }) => description === '').map(({ flags }) => flags);
    expect(silent).toEqual([]);
  });
});
