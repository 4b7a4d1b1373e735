/** 0042: what of a monitor's configuration is in columns beside it, whatever has stored it. */

import { expect, it } from 'vitest';

import { isColumnEnabled } from '../../core/monitor/enabled-column.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { useDatabase } from '../setup/world.ts';

const test = useDatabase('shared by all tests');

async function columnsOf(configuration: unknown): Promise<unknown> {
  const rows = await test.database.query(
    `insert into monitors (model, configuration, configuration_hash) values ('m', $1, 'hash')
     on conflict (model) do update set configuration = excluded.configuration
     returning current_window as "currentWindow", disabled_columns as "disabledColumns"`,
    [JSON.stringify(configuration)],
  );
  return rows[0];
}

it('names the columns that are disabled, and follows what is applied', async () => {
  const monitor = monitorSchema.parse({
    model: 'm',
    task: 'regression',
    reference: { kind: 'rolling' },
    current: '1d',
    features: { hum: { kind: 'continuous', enabled: false }, temp: { kind: 'continuous' } },
    confidence: { enabled: false },
  });
  const columns = ['actual', 'confidence', 'hum', 'prediction', 'temp'];
  const disabledColumns = columns.filter((column) => !isColumnEnabled(monitor, column));
  expect(disabledColumns).toEqual(['confidence', 'hum']);
  expect(await columnsOf(monitor)).toEqual({ currentWindow: '1d', disabledColumns });
  expect(await columnsOf({ ...monitor, current: '7d', features: {} })).toEqual({
    currentWindow: '7d',
    disabledColumns: ['confidence'],
  });
});

it.each([
  [[], null],
  ['text', null],
  [null, null],
  [{ features: ['hum'], prediction: false, current: 7 }, '7'],
  [{ features: { hum: [], temp: 1, wind: { enabled: 'no' } } }, null],
])(
  'stores %j, which it cannot read, and says nothing of its columns',
  async (configuration, currentWindow) => {
    expect(await columnsOf(configuration)).toEqual({ currentWindow, disabledColumns: [] });
  },
);
