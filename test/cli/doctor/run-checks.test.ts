import { describe, expect, it } from 'vitest';

import { check, type Check, type Finding } from '../../../cli/doctor/check.ts';
import { checks } from '../../../cli/doctor/checks.ts';
import { doctorText } from '../../../cli/doctor/doctor-text.ts';
import { exitCodeOf, runChecks, type Outcome } from '../../../cli/doctor/run-checks.ts';
import type { Sources } from '../../../cli/doctor/sources.ts';
import { paper } from '../../../cli/paint.ts';
import { TidewatchError } from '../../../core/errors.ts';

const run = (...table: Check[]) => runChecks(table, {} as Sources, 50);
const finds = (name: string, level: Finding['level'], needs: string[] = []): Check =>
  check({ name, needs, read: async () => level, judge: (level) => ({ level, words: 'as it was read' }) });
const fails = (name: string, error: Error, needs: string[] = []): Check =>
  check({ name, needs, read: () => Promise.reject(error), judge: () => ({ level: 'ok', words: '' }) });
const away = new TidewatchError('PUSHGATEWAY_UNREACHABLE', { address: 'push:9091', reason: 'refused' });

describe('runChecks', () => {
  it('lets a dependency that is away hide only what needs it', async () => {
    const outcomes = await run(
      fails('pushgateway', away),
      finds('pushes', 'ok', ['pushgateway']),
      finds('details of pushes', 'ok', ['pushes']),
      finds('schema', 'warning'),
      finds('lag', 'ok', ['schema']),
    );
    expect(outcomes).toEqual([
      { name: 'pushgateway', level: 'away', words: away.message },
      { name: 'pushes', level: 'not checked', words: 'needs pushgateway' },
      { name: 'details of pushes', level: 'not checked', words: 'needs pushes' },
      { name: 'schema', level: 'warning', words: 'as it was read' },
      { name: 'lag', level: 'ok', words: 'as it was read' },
    ]);
  });

  it('waits for no check longer than it may take', async () => {
    const hangs = check({
      name: 'hangs',
      needs: [],
      read: () => new Promise<null>(() => {}),
      judge: () => ({ level: 'ok', words: '' }),
    });
    expect(await run(hangs)).toEqual([{ name: 'hangs', level: 'away', words: 'no answer within 0.05 s' }]);
  });

  it('takes what was not foreseen for critical', async () => {
    expect(await run(fails('odd', new Error('permission denied')))).toEqual([
      { name: 'odd', level: 'critical', words: 'permission denied' },
    ]);
  });

  it('has a table in which what is needed comes first, each under a name of its own', () => {
    const names = checks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const [position, { name, needs }] of checks.entries())
      for (const needed of needs) expect(names.slice(0, position), name).toContain(needed);
  });
});

describe('the exit code', () => {
  const of = (...levels: Outcome['level'][]) =>
    exitCodeOf(levels.map((level) => ({ name: '', level, words: '' })));

  it('is 0 up to warnings, 1 for what is critical, 3 where a dependency is away', () => {
    expect(of('ok', 'ok')).toBe(0);
    expect(of('ok', 'warning')).toBe(0);
    expect(of('ok', 'warning', 'critical', 'not checked')).toBe(1);
    expect(of('critical', 'away', 'not checked')).toBe(3);
  });
});

describe('the text', () => {
  it('has a line a check, and more only where something is wrong', () => {
    const details = Array.from({ length: 12 }, (_, n) => `thing ${n}`);
    const text = doctorText(
      [
        { name: 'postgres', level: 'ok', words: 'answers' },
        { name: 'schedules', level: 'warning', words: '12 paused', details, fix: 'unpause them' },
        { name: 'pushgateway', level: 'away', words: 'no\u001b[31m answer\nsecond line' },
      ],
      paper,
    );
    const [first, second, ...rest] = text.split('\n');
    expect([first, second]).toEqual([
      'ok           postgres     answers',
      'warning      schedules    12 paused',
    ]);
    expect(rest.slice(0, 2).map((line) => line.trim())).toEqual(['- thing 0', '- thing 1']);
    expect(rest.slice(9, 12).map((line) => line.trim())).toEqual([
      '- thing 9',
      '- and 2 more; --json has them all',
      'fix: unpause them',
    ]);
    expect(rest[12]).toMatch(/^away {9}pushgateway {2}no.* answer$/);
    expect(text).not.toContain('\u001b');
    expect(rest.at(-1)).toBe('3 checks: 1 ok, 1 warning, 1 away');
  });
});
