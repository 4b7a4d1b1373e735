/**
 * A service that logs a row about every millisecond until it is killed, and says the number of each, after it was logged, on its
 * standard output: usage: logging-process.ts DATABASE_URL SPOOL_DIRECTORY FIRST_NUMBER
 */

import { writeSync } from 'node:fs';

import { openBatchedClient } from '../../../client/tidewatch-client.ts';
import { queueRows } from './logged-rows.ts';

const [databaseUrl = '', directory = '', first = '0'] = process.argv.slice(2);
const client = openBatchedClient({
  databaseUrl,
  spool: { directory },
  batchRows: 20,
  batchAfter: 10,
  queueRows,
  onProblem: () => {},
});
let next = Number(first);
setInterval(() => {
  client.logPredictions('m', [
    {
      version: '1',
      entity: String(next),
      eventTime: '2011-05-20T08:00:00Z',
      features: { text: 'x'.repeat(200) },
      prediction: next,
    },
  ]);
  writeSync(1, `${next}\n`);
  next += 1;
}, 1);
