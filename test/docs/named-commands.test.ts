/** What the pages, the messages and the help tell people to type can be typed: each command and each option exists. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { tidewatchProgram } from '../../cli/program.ts';
import { errorCatalog } from '../../core/errors.ts';
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
  ].map(([, rest]) => rest!.trim().split(/ +/));
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

const problemsIn = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) =>
    callsIn(text).flatMap((words) => {
      const problem = problemOf(words);
      return problem === undefined ? [] : [`${problem}: tidewatch ${words.join(' ')}`];
    }),
  );

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
    '`tidewatch alerts --all`',
    '`job="tidewatch"`',
    '```sh\nnpx tidewatch retrain --explain | head --lines 3\n```',
    '`postgres://tidewatch@127.0.0.1/tidewatch`',
  ])('and nothing else: %j', (page) => {
    expect(problemsIn(codeOf(page))).toEqual([]);
  });
});
