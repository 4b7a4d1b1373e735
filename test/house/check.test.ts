import { execFile } from 'node:child_process';

import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

it(
  'passes `npm run check`: format, lint, types, unused code, workflow bundle',
  { timeout: 300_000 },
  async () => {
    const output = await new Promise<string>((resolve) => {
      // As a user runs it: vitest's own settings would reach the tools, and NO_COLOR keeps the output readable.
      const { VITEST: _, NODE_ENV: __, ...environment } = process.env;
      const options = { cwd: root, env: { ...environment, NO_COLOR: '1' }, maxBuffer: 2 ** 26 };
      execFile('npm', ['run', 'check'], options, (error, stdout, stderr) =>
        resolve(error === null ? 'passes' : `${stdout}${stderr}`),
      );
    });
    expect(output).toBe('passes');
  },
);
