/** What the pages, the messages and the help tell people to type can be typed: each command and each option exists. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CommanderError, type Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { tidewatchProgram } from '../../cli/program.ts';
import { errorCatalog } from '../../core/errors.ts';
import { nextSteps } from '../../core/process/next-steps.ts';
import { scheduledProcessIds } from '../../core/process/scheduled.ts';
import { dayMs } from '../../core/window.ts';
import { commandsBelow, notesOf, pathOf } from '../../docs/reference/commands.ts';
import { fenced } from './fenced.ts';

const root = new URL('../../', import.meta.url).pathname;
const program = tidewatchProgram('0.0.0');

/** What stands in code: between backticks, and in blocks; a line that ends with a backslash goes on. */
function codeOf(page: string): readonly string[] {
  const linesOf = (language: string): readonly string[] =>
    fenced(page, language).flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'));
  const blocks = [
    ...linesOf('sh').map((line) => `$ ${line}`),
    ...['text', 'yaml', 'sql', 'ts', 'python', 'json'].flatMap(linesOf),
  ];
  const spans = [...page.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`([^`]+)`/g)];
  return [...blocks, ...spans.map(([, span]) => span!.replaceAll(/\s+/g, ' '))];
}

/** The arguments of each call of `tidewatch` in a text, up to what ends a command in a shell. */
function callsIn(text: string): readonly (readonly string[])[] {
  return [
    ...text.matchAll(
      /(?<=^ *|\$ (?:.* )?|[:;&|(`] ?|npx |run )tidewatch((?: +(?:'[^']*'|"[^"]*"|[^\s'"|;&#`)>]+))+)/g,
    ),
  ].map(([, rest]) => rest!.trim().match(/'[^']*'|"[^"]*"|[^ ]+/g)!);
}

/** What cannot be typed so; undefined where all of it can. */
function problemOf(words: readonly string[]): string | undefined {
  let command: Command = program;
  const [first = ''] = words;
  // A sentence that is quoted, or the options of the program itself.
  if (!/^[a-z][a-z-]*$/.test(first)) return undefined;
  for (const word of words) {
    const child = command.commands.find((child) => child.name() === word);
    if (child === undefined) break;
    command = child;
  }
  if (command === program) return `there is no command ${first}`;
  const known = new Set(optionsOf(command));
  const unknown = words.find((word) => /^--?[a-z]/.test(word) && !known.has(word.replace(/[=,.:…].*$/, '')));
  return unknown === undefined ? undefined : `tidewatch ${pathOf(command)} has no option ${unknown}`;
}

/** Of a command, and of the one that is meant where none of those below it is named. */
function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long, short }) => [long ?? [], short ?? []].flat());
  const meant: unknown = Reflect.get(command, '_defaultCommandName');
  const below = command.commands.filter((child) => child.name() === meant).flatMap(optionsOf);
  return [...own, ...below, '--help', '-h'];
}

const problemsIn = (texts: readonly string[], problem = problemOf): readonly string[] =>
  texts.flatMap((text) =>
    callsIn(text).flatMap((words) => {
      const found = problem(words);
      return found === undefined ? [] : [`${found}: tidewatch ${words.join(' ')}`];
    }),
  );

/** What the program itself would say to whoever types it whole: also of what is missing and what is too much. Runs nothing. */
function refusalOf(words: readonly string[]): string | undefined {
  const dry = tidewatchProgram('0.0.0');
  for (const command of allBelow(dry)) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command.commands.length === 0) command.action(() => {});
  }
  try {
    dry.parse(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    return (error as Error).message.replace(/^error: /, '');
  }
}

const allBelow = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allBelow)];

/** Commands in a template of the console; what is filled in stands for one word. */
function codeTagsOf(source: string): readonly string[] {
  return [...source.matchAll(/<code>([^<]*)<\/code>/g)].map(([, text]) =>
    text!
      .replaceAll(/\$\{[^}]*\}/g, '…')
      .replaceAll(/\s+/g, ' ')
      .replace(/^ /, ''),
  );
}

const pages = [
  'README.md',
  'CHANGELOG.md',
  ...(await readdir(join(root, 'docs'), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe('what people are told to type exists', () => {
  it.each(pages)('%s', async (page) => {
    expect(problemsIn(codeOf(await readFile(join(root, page), 'utf8')))).toEqual([]);
  });

  it('in the messages of errors', () => {
    expect(problemsIn(Object.values(errorCatalog).flatMap(({ message }) => codeOf(message)))).toEqual([]);
  });

  it('in the help of each command', () => {
    expect(problemsIn(commandsBelow(program).flatMap((command) => notesOf(command).split('\n')))).toEqual([]);
  });

  it('in what the code prints', async () => {
    const files = (
      await Promise.all(
        ['cli', 'console', 'core', 'activities', 'worker'].map(async (folder) =>
          (await readdir(join(root, folder), { recursive: true }))
            .filter((name) => name.endsWith('.ts'))
            .map((name) => join(root, folder, name)),
        ),
      )
    ).flat();
    expect(files.length).toBeGreaterThan(300);
    const texts = await Promise.all(
      files.map(async (file) =>
        [
          ...(await readFile(file, 'utf8')).matchAll(
            /'(?:fix: )?(tidewatch [a-z][^'\n]*)'|\\?`(tidewatch [^`\n]*)\\?`/g,
          ),
        ].map(([, quoted, ticked]) =>
          (quoted ?? ticked ?? '').replaceAll(/\$\{[^}]*\}/g, '…').replace(/\\$/, ''),
        ),
      ),
    );
    expect(problemsIn(texts.flat())).toEqual([]);
  });

  it('as a whole on the pages of the console', async () => {
    const files = (await readdir(join(root, 'console'), { recursive: true })).filter((name) =>
      name.endsWith('.ts'),
    );
    const texts = await Promise.all(
      files.map(async (file) => codeTagsOf(await readFile(join(root, 'console', file), 'utf8'))),
    );
    expect(texts.flat().flatMap(callsIn).length).toBeGreaterThan(15);
    expect(problemsIn(texts.flat(), refusalOf)).toEqual([]);
  });

  it('as a whole where a page says what comes next for a model', () => {
    const arrived = { model: 'a model', hasActuals: false, hasSource: false };
    const texts = scheduledProcessIds.flatMap((id) =>
      [null, 0].flatMap((predictedAt) => nextSteps(id, { ...arrived, predictedAt }, 'actuals', dayMs * 9)),
    );
    expect(problemsIn(texts.flatMap(codeOf), refusalOf)).toEqual([]);
  });

  it('as a whole in the examples of each command', () => {
    const examples = commandsBelow(program).flatMap((command) =>
      notesOf(command)
        .split('\n')
        .filter((line) => /^ *\$ /.test(line))
        .map((line) => line.replace(/ < [^'"]*$/, '')),
    );
    expect(problemsIn(examples, refusalOf)).toEqual([]);
  });
});

describe('what does not exist is found', () => {
  it.each([
    ['`tidewatch bakfill`', 'there is no command bakfill: tidewatch bakfill'],
    [
      '```sh\nnpx tidewatch status --exlain\n```',
      'tidewatch status has no option --exlain: tidewatch status --exlain',
    ],
    [
      '```sh\nnpx tidewatch status && tidewatch alerts show a --all\n```',
      'tidewatch alerts show has no option --all: tidewatch alerts show a --all',
    ],
  ])('%j', (page, problem) => {
    expect(problemsIn(codeOf(page))).toEqual([problem]);
  });

  it.each([
    ['tidewatch report my-model', "required option '-m, --model <model>' not specified"],
    ['tidewatch retrain my-model --explain', 'too many arguments'],
    ['tidewatch alerts show', "missing required argument 'key'"],
    ['tidewatch bakfill', "unknown command 'bakfill'"],
  ])('as a whole: %s', (command, problem) => {
    expect(problemsIn(codeTagsOf(`<code>${command}</code>`), refusalOf)).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  it.each([
    '`tidewatch alerts --all`',
    '`job="tidewatch"`',
    '```sh\nnpx tidewatch retrain --explain | head --lines 3\n```',
    '`postgres://tidewatch@127.0.0.1/tidewatch`',
  ])('and nothing else: %j', (page) => {
    expect(problemsIn(codeOf(page))).toEqual([]);
  });
});
