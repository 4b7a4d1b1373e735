/** What a Dockerfile says, as far as its tests ask: stages, and the instructions of each. */

import { readFile } from 'node:fs/promises';

export interface Instruction {
  /** In capitals: `COPY`. */
  readonly word: string;
  readonly text: string;
}

export interface Stage {
  /** The name after `AS`; empty for one without. */
  readonly name: string;
  /** The image, or the stage, that it starts from. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** Lines that end in `\` are joined, comments and empty lines left out. */
export async function readDockerfile(file: string): Promise<readonly Stage[]> {
  const lines = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, word, text] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === undefined || text === undefined) throw new Error(`not an instruction: ${line}`);
    if (word === 'FROM') {
      const [, from, name] = /^(\S+)(?: AS (\S+))?$/.exec(text) ?? [];
      stages.push({ name: name ?? '', from: from ?? '', instructions: [] });
    } else stages.at(-1)!.instructions.push({ word, text });
  }
  return stages;
}

/** Names at the root that go into the build: what .dockerignore lets through after leaving everything out. */
export async function readBuildContext(file: string): Promise<readonly string[]> {
  const [first, ...rest] = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first !== '*') throw new Error('the first rule does not leave everything out');
  return rest.map((line) => {
    if (!/^![\w.-]+$/.test(line)) throw new Error(`not a name of the root: ${line}`);
    return line.slice(1);
  });
}
