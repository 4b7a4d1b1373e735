/** What is loaded before a command works: little of it is what keeps the start below 0.3 s. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

/** The packages that a file imports, with all that it imports in turn; what is imported later, by a function, is not. */
function packagesBehind(file: string): readonly string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const follow = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    for (const [, name = ''] of source.matchAll(
      /^(?:import|export) (?!type )(?:[\w*\s{},]+ from )?'([^']+)';/gm,
    )) {
      if (name.startsWith('.')) follow(new URL(name, url));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  };
  follow(new URL(file, root));
  expect(seen.size, file).toBeGreaterThan(1);
  return [...packages].sort();
}

describe('before a command works', () => {
  it('only its options are known', () => {
    expect(packagesBehind('cli/tidewatch.ts')).toEqual(['commander']);
  });

  it.each(['cli/compare/run-comparison.ts', 'cli/compare/request.ts', 'cli/compare/thread.ts'])(
    'a comparison needs no package but DuckDB: %s',
    (file) => {
      // DuckDB is required, not imported; see sql/table-file.ts.
      expect(packagesBehind(file)).toEqual([]);
    },
  );

  it('a table on the terminal needs what draws it', () => {
    expect(packagesBehind('cli/compare/report-text.ts')).toEqual(['cli-table3']);
  });

  it('what is seen behind others is all of it', () => {
    expect(packagesBehind('worker/worker.ts')).toEqual(
      expect.arrayContaining(['@temporalio/worker', 'pg', 'zod']),
    );
  });
});
