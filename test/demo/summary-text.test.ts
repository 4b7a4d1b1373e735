import { expect, it } from 'vitest';

import { askText } from '../../demo/summary-text.ts';
import { knownVariables } from '../ops/known-variables.ts';

const environment = {
  DATABASE_URL: 'postgres://postgres:x@127.0.0.1:1/tidewatch',
  TEMPORAL_ADDRESS: '127.0.0.1:2',
  TEMPORAL_UI_URL: 'http://127.0.0.1:3',
  PUSHGATEWAY_URL: 'http://127.0.0.1:4',
};

it('tells everything that the commands need, as lines to paste', () => {
  const lines = askText({ processes: { environment } }, 'bike-demand').map((line) => line.trim());
  const exported = lines.flatMap((line) => {
    const [, name, value] = /^export ([A-Z_]+)=(\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
  expect(Object.fromEntries(exported)).toEqual(environment);
  expect(exported.filter(([name]) => !knownVariables()(name))).toEqual([]);
  expect(lines).toContain('npx tidewatch status --model bike-demand --explain');
});
