import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readOptions } from '../../bench/options.ts';

/** Runs a script as people do. */
function run(...script: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', ...script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** Every script that has options, by its path. */
const scripts = [
  ...readdirSync('bench', { recursive: true, encoding: 'utf8' }).map((path) => join('bench', path)),
  ...['faults.ts', 'soak.ts'].map((name) => join('test/faults', name)),
].flatMap((path) => {
  if (!path.endsWith('.ts') || path === join('bench', 'options.ts')) return [];
  const source = readFileSync(path, 'utf8');
  const [, declared] = /\breadOptions\(\{(.*?)\n?\}\);/s.exec(source) ?? [];
  return declared === undefined ? [] : [{ path, source, declared }];
});

describe('the options of a benchmark', () => {
  it('prints what it measures, and its options, for --help', () => {
    const { status, stdout, stderr } = run('bench/comparison/certainty.ts', '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^How often are two sides told apart on the same rows/);
    expect(stdout).toContain('\n    npx tsx bench/comparison/certainty.ts [--repetitions 2000] [--json]\n');
    expect(stdout).toMatch(
      /metrics have.*\n\nOptions, with what they are unless given:\n {2}--repetitions 2000\n {2}--json\n$/s,
    );
  });

  it.each([
    [['--repetition', '3'], "Unknown option '--repetition'. There are --repetitions, --json, --help.\n"],
    [['--repetitions', 'many'], "Option '--repetitions' takes a number from 0 on, not 'many'. There are"],
    [['--repetitions', ''], "Option '--repetitions' takes a number from 0 on, not ''. There are"],
    [['2000'], "Unexpected argument '2000'. This command does not take positional arguments. There are"],
  ])('says of %j what there is, and starts nothing', (given, text) => {
    const { status, stdout, stderr } = run('bench/comparison/certainty.ts', ...given);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(text), stderr).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('gives each option the type of what it is without', () => {
    const declared = {
      rows: 10,
      interval: '5m',
      json: false,
      url: String,
      reference: Number,
      kind: [String],
    } as const;
    const task = ['regression', 'classification'] as const;
    expect(readOptions({ ...declared, task }, [])).toEqual({
      rows: 10,
      interval: '5m',
      json: false,
      url: undefined,
      reference: undefined,
      kind: [],
      task: 'regression',
    });
    const given =
      '--rows 1e6 --interval 1h --json --url x --reference 31 --kind a --kind b --task classification';
    expect(readOptions({ ...declared, task }, given.split(' '))).toEqual({
      rows: 1e6,
      interval: '1h',
      json: true,
      url: 'x',
      reference: 31,
      kind: ['a', 'b'],
      task: 'classification',
    });
  });

  it('knows the scripts', () => {
    expect(scripts.length).toBeGreaterThan(25);
  });

  it.each(scripts)('of $path are what its comment says', ({ source, declared }) => {
    const [comment = ''] = /^\/\*\*.*?\*\//s.exec(source) ?? [];
    const names = [...declared.matchAll(/(?:^|[{,\n])\s*'?([a-z-]+)'?:/g)].map(([, name]) => name!);
    const said = [...comment.matchAll(/(?<= |\[|`)--([a-z-]+)/g)].map(([, name]) => name!);
    expect([...new Set(said)].sort()).toEqual(names.sort());
  });

  it.each(scripts)('of $path are read in one place', ({ source }) => {
    expect(source).not.toMatch(/process\.argv|parseArgs/);
  });
});
