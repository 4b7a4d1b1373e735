import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addExport } from '../../cli/commands/export.ts';
import { addIngest } from '../../cli/commands/ingest.ts';
import { addRetrain } from '../../cli/commands/retrain.ts';
import { completions, completionScript, shells } from '../../cli/completion.ts';

const root = new URL('../../', import.meta.url).pathname;
const program = new Command('tidewatch');
for (const add of [addIngest, addExport, addRetrain]) add(program);

describe('what may stand next', () => {
  it.each([
    [[''], ['ingest', 'export', 'retrain', 'help']],
    [['ex'], ['export']],
    [['nothing'], []],
    [
      ['export', ''],
      ['drift', 'evaluations', 'alerts', 'retrainings'],
    ],
    [
      ['export', 'drift', '--f'],
      ['--from', '--format'],
    ],
    [['export', 'drift', '--format', 'p'], ['parquet']],
    [['export', '--model', 'm', 'ev'], ['evaluations']],
    // Of the command that `retrain` means, too.
    [['retrain', '--ex'], ['--explain']],
    // Values that nobody can list, and files.
    [['export', '--output', ''], undefined],
    [['ingest', 'Jan'], undefined],
    [
      ['ingest', 'rows.csv', '--only', ''],
      ['predictions', 'actuals'],
    ],
  ])('%j: %j', (words, expected) => {
    expect(completions(program, words)).toEqual(expected);
  });
});

describe('in a shell', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'completion-'));
    const command = join(directory, 'tidewatch');
    await writeFile(
      command,
      `#!/bin/sh\nexec ${process.execPath} --import ${import.meta.resolve('tsx')} ${root}cli/tidewatch.ts "$@"\n`,
    );
    await chmod(command, 0o755);
    for (const shell of shells) await writeFile(join(directory, shell), completionScript(shell));
  });
  afterAll(() => rm(directory, { recursive: true }));

  /** What bash would offer, by its own machinery: `complete -p` and COMPREPLY. */
  async function offered(...words: readonly string[]): Promise<readonly string[]> {
    const script = `source ${directory}/bash
      COMP_WORDS=(tidewatch "$@"); COMP_CWORD=$#; _tidewatch
      complete -p tidewatch; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', ...words], {
      env: { PATH: `${directory}:${process.env['PATH'] ?? ''}` },
    });
    const [registered, ...replies] = stdout.trimEnd().split('\n');
    expect(registered).toBe('complete -F _tidewatch tidewatch');
    return replies.filter((reply) => reply !== '');
  }

  it('bash offers commands, options and choices of the whole tree', async () => {
    expect(await offered('ing')).toEqual(['ingest']);
    expect(await offered('export', 'drift', '--format', '')).toEqual([
      'csv',
      'jsonl',
      'parquet',
      'openlineage',
    ]);
    expect(await offered('alerts', 'ack')).toEqual(['acknowledge']);
    expect(await offered('ingest', '')).toEqual([]);
  });

  it.each(['zsh', 'fish'])('%s can read its script, where it is installed', async (shell) => {
    const isThere = await promisify(execFile)('sh', ['-c', `command -v ${shell}`]).then(
      () => true,
      () => false,
    );
    if (isThere) await promisify(execFile)(shell, ['-n', join(directory, shell)]);
    else expect(completionScript(shell as 'zsh')).toContain('tidewatch complete -- ');
  });
});
