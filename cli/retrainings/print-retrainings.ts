import type { Queryable } from '../../sql/database.ts';
import { listRetrainings, readRetrainingEvents, readStoredRetraining } from '../../sql/read-retrainings.ts';
import { withDatabase } from '../database.ts';
import { readLimit } from '../limit-option.ts';
import { screen } from '../paint.ts';
import { requireRetraining } from './require-retraining.ts';
import { retrainingTable, retrainingText } from './retraining-text.ts';
import { print, printJson, printable } from '../print.ts';

export interface ListOptions {
  readonly model?: string;
  readonly limit: string;
}

interface Output {
  readonly json?: true;
}

/** `tidewatch retrainings` */
export async function printRetrainings({ json, model, limit }: ListOptions & Output): Promise<void> {
  const most = readLimit(limit, 'retrainings', 20);
  const retrainings = await read((connection) => listRetrainings(connection, { model, most }));
  if (json) printJson(retrainings);
  else print(retrainingTable(printable(retrainings), screen()));
}

/** `tidewatch retrainings show` */
export async function printRetraining(
  model: string,
  retrainingId: string | undefined,
  { json }: Output,
): Promise<void> {
  const { retraining, validation, events } = await read(async (connection) => {
    const found = await requireRetraining(connection, model, retrainingId);
    return {
      retraining: found,
      validation: (await readStoredRetraining(connection, found))?.validation ?? null,
      events: await readRetrainingEvents(connection, found),
    };
  });
  if (json) printJson({ ...retraining, validation, events });
  else print(retrainingText(printable(retraining), printable({ validation, events }), screen()));
}

function read<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
  return withDatabase('tidewatch-retrainings', async (database) => {
    return database.snapshot(work);
  });
}
