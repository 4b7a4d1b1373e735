import { describe, expect, it } from 'vitest';

import { chooseColumns, type ChosenColumns } from '../../../cli/ingest/choose-columns.ts';
import type { Field } from '../../../cli/ingest/fields.ts';

/** Columns that end in `*` have times in them. */
function choose(text: string, given: Partial<Record<Field, string>> = {}): ChosenColumns {
  const names = text.split(', ');
  const times = new Set(names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)));
  return chooseColumns({
    columns: names.map((name) => name.replace('*', '')),
    given: new Map(Object.entries(given) as [Field, string][]),
    isTime: (column) => times.has(column),
    isRole: () => undefined,
  });
}

describe('the usual names of columns', () => {
  it.each<[Field, string]>([
    ['prediction', 'prediction'],
    ['prediction', 'Predicted Minutes'],
    ['prediction', 'predicted_price'],
    ['prediction', 'minutesPredicted'],
    ['prediction', 'y_pred'],
    ['prediction', 'yhat'],
    ['prediction', 'score'],
    ['prediction', 'Forecast'],
    ['prediction', 'model output'],
    ['prediction', 'MODEL-SCORE'],
    ['prediction', 'demand.forecast'],
    ['prediction', 'Estimated Time'],
    ['actual', 'Actual Minutes'],
    ['actual', 'ground truth'],
    ['actual', 'yTrue'],
    ['actual', 'true_price'],
    ['actual', 'Target'],
    ['actual', 'label'],
    ['actual', 'observed demand'],
    ['entity', 'Order Id'],
    ['entity', 'customerId'],
    ['entity', 'UUID'],
    ['event_time', 'Event Time*'],
    ['event_time', 'ts*'],
    ['event_time', 'Ordered At*'],
    ['event_time', 'tpep_pickup_datetime*'],
    ['event_time', 'pickup*'],
    ['event_time', 'scored_at*'],
    ['version', 'Model Version'],
    ['version', 'model_id'],
    ['interval_low', 'yhat_lower'],
    ['interval_high', 'Prediction Upper'],
  ])('%s: %s', (field, name) => {
    const { found, unclear } = choose(`${name}, temp, hour`);
    expect(Object.fromEntries(found)).toEqual({ [field]: name.replace('*', '') });
    expect(unclear).toEqual([]);
  });

  it.each([
    'temp',
    'hour',
    'credit limit',
    'prep time',
    'predicted_probability',
    'model',
    'updated_at*',
    'forecast error',
  ])('no field: %s', (name) => {
    const { found } = choose(`${name}, wind`);
    // The only time of a table is its event time, whatever it is called.
    expect([...found.keys()]).toEqual(name === 'updated_at*' ? ['event_time'] : []);
  });

  it('tell times apart: of the event, of the prediction, of the actual', () => {
    const { found } = choose('Recorded At*, Scored At*, Ordered At*, Delivered At*');
    expect(Object.fromEntries(found)).toEqual({
      event_time: 'Ordered At',
      issued_at: 'Scored At',
      recorded_at: 'Recorded At',
    });
  });

  it('are found in an export of somebody else', () => {
    const { found } = choose('Customer ID, Seen at*, Known since*, Model build');
    expect(Object.fromEntries(found)).toEqual({
      entity: 'Customer ID',
      event_time: 'Seen at',
      recorded_at: 'Known since',
      version: 'Model build',
    });
  });

  it('that several columns have alike leave it open', () => {
    expect(choose('Predicted Minutes, Predicted Distance, temp').unclear).toEqual([
      { field: 'prediction', columns: ['Predicted Minutes', 'Predicted Distance'], isLikely: true },
    ]);
    expect(choose('pickup*, dropoff*, start*').unclear).toMatchObject([
      { field: 'event_time', columns: ['pickup', 'start'] },
    ]);
    expect(choose('user_id, order_id, x').unclear).toMatchObject([{ field: 'entity' }]);
  });

  it('are surer in some than in others; those that were passed over are told', () => {
    const { found, lookAlikes } = choose('prediction, Predicted Distance, credit score, actual');
    expect(Object.fromEntries(found)).toEqual({ prediction: 'prediction', actual: 'actual' });
    expect(lookAlikes).toEqual([
      { column: 'Predicted Distance', field: 'prediction', isLikely: true },
      { column: 'credit score', field: 'prediction', isLikely: false },
    ]);
  });

  it('pair: a prediction with the column that has the rest of its name', () => {
    expect(Object.fromEntries(choose('price, predicted_price, sqft').found)).toEqual({
      prediction: 'predicted_price',
      actual: 'price',
    });
    expect(Object.fromEntries(choose('Predicted Minutes, Predicted Distance, Minutes').found)).toEqual({
      prediction: 'Predicted Minutes',
      actual: 'Minutes',
    });
    const given = { actual: 'distance' } as const;
    expect(choose('predicted_minutes, predicted_distance, distance', given).found.get('prediction')).toBe(
      'predicted_distance',
    );
  });

  it('of a time that has no times in it is still found, so that its rows say what is wrong', () => {
    expect(choose('event_time, x').found.get('event_time')).toBe('event_time');
    expect(choose('time, x').found.get('event_time')).toBeUndefined();
  });
});
