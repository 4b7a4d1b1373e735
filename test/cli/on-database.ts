/** Runs `tidewatch` in this process, with the database of a test at DATABASE_URL. */

import { Command } from 'commander';
import { vi } from 'vitest';

import type { TestDatabase } from '../setup/servers.ts';

/** What a command prints on stdout; it throws what the command throws. */
export async function printed(
  add: (program: Command) => void,
  args: readonly string[],
  { url }: Pick<TestDatabase, 'url'>,
): Promise<string> {
  const program = new Command('tidewatch').exitOverride();
  add(program);
  vi.stubEnv('DATABASE_URL', url);
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    await program.parseAsync(args, { from: 'user' });
    return lines.join('\n');
  } finally {
    log.mockRestore();
    vi.unstubAllEnvs();
  }
}
