/** Every command of `tidewatch`, from the tree that it is: usage, arguments, options, defaults, and what its --help says below them. */

import type { Argument, Command, Option } from 'commander';

import { tidewatchProgram } from '../../cli/program.ts';
import { code, page, table } from './markdown.ts';

/** The commands below one, each before its own, without what only scripts ask for. */
export function commandsBelow(command: Command): readonly Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown
    .filter((child) => child.name() !== 'help')
    .flatMap((child) => [child, ...commandsBelow(child)]);
}

/** As it is typed: `alerts show`. */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** What --help says below the options. */
export function notesOf(command: Command): string {
  const written: string[] = [];
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (text) => void written.push(text) });
  command.outputHelp();
  command.configureOutput(before);
  const options = command.helpInformation();
  return written
    .filter((text) => text !== options)
    .map((text) => text.trim())
    .filter(Boolean)
    .join('\n\n');
}

function section(command: Command): readonly string[] {
  const notes = notesOf(command);
  const [names, depth] = [pathOf(command), pathOf(command).split(' ').length];
  return [
    `${'#'.repeat(depth + 2)} tidewatch ${names}`,
    sentence(command.description()),
    `\`\`\`text\ntidewatch ${names} ${command.usage()}\n\`\`\``.replace(' \n', '\n'),
    ...argumentTable(command.registeredArguments),
    ...optionTable(command.createHelp().visibleOptions(command)),
    ...(notes === '' ? [] : [`\`\`\`text\n${notes}\n\`\`\``]),
  ];
}

function sentence(text: string): string {
  const escaped = text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `${escaped.charAt(0).toUpperCase()}${escaped.slice(1)}${/[.?]$/.test(escaped) ? '' : '.'}`;
}

function argumentTable(registered: readonly Argument[]): readonly string[] {
  const described = registered.filter(
    ({ description, argChoices }) => description !== '' || argChoices !== undefined,
  );
  if (described.length === 0) return [];
  const rows = described.map((argument) => [code(argument.name()), meaning(argument)]);
  return [table(['argument', 'meaning'], rows)];
}

function optionTable(options: readonly Option[]): readonly string[] {
  const shown = options.filter(({ long }) => long !== '--help');
  if (shown.length === 0) return [];
  const rows = shown.map((option) => [
    code(option.flags),
    option.mandatory ? 'required' : code(defaultOf(option)),
    meaning(option),
  ]);
  return [table(['option', 'default', 'meaning'], rows)];
}

function defaultOf({ defaultValue }: Option): string {
  return typeof defaultValue === 'string' ? defaultValue : '';
}

function meaning({ description, argChoices }: Option | Argument): string {
  const choices = argChoices === undefined ? '' : argChoices.map(code).join(', ');
  return [description, choices].filter(Boolean).join(': ');
}

/** The commands of a group, below its heading. */
function groups(program: Command): readonly string[] {
  const top = program.createHelp().visibleCommands(program);
  const headings = [...new Set(top.map((command) => command.helpGroup()))];
  return headings.flatMap((heading) => [
    `## ${heading.replace(/:$/, '')}`,
    ...top
      .filter((command) => command.helpGroup() === heading && command.name() !== 'help')
      .flatMap((command) => [command, ...commandsBelow(command)].flatMap(section)),
  ]);
}

export const commandsPage = page(
  'Commands',
  '`cli/program.ts`',
  `Each takes \`--help\`. Results go to standard output, notes for people to standard error, where a command that takes more than a
second also shows a bar. The [environment](environment.md) configures them; a shell [completes](#tidewatch-completion) commands,
options and choices.

| exit code | means |
|---|---|
| 0 | fine |
| 1 | drift, degradation, a failed expectation: what a pipeline stops at |
| 2 | usage or bad input; the message says what to write instead |
| 3 | a dependency (Postgres, Temporal, a trainer) does not answer |
| 70 | an unexpected error; \`TIDEWATCH_DEBUG=1\` shows where it comes from |
| 130 | it was stopped |`,
  ...groups(tidewatchProgram('')),
);
