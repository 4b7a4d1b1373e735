/** How predictions are stored whose features stay where they are. */

import { mergePredictions, predictionStream, type Stream } from '../../client/store-rows.ts';
import { rowKey } from '../../core/source/row-key.ts';
import { stamp } from './wanted-columns.ts';

const staged = 'staged_placed_predictions';

/** Predictions with the key by which their row is found in the source, and what it was like. */
export const placedStream: Stream = {
  ...predictionStream,
  columns: { ...predictionStream.columns, source_key: 'bigint', source_stamp: 'bigint' },
  read: (row, expected) => {
    const { eventTime, values } = predictionStream.read(row, expected);
    const { issuedAt, [stamp]: like } = row as {
      readonly issuedAt?: Date;
      readonly [stamp]: string;
    };
    const [version, entity] = values;
    const key = rowKey({
      eventTime,
      issuedAt: issuedAt === undefined ? eventTime : issuedAt.getTime(),
      entity: String(entity),
      version: String(version),
    });
    return { eventTime, values: [...values, key, like] };
  },
  staged,
  merge: mergePredictions(staged, 'as staged'),
};
