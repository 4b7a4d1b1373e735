import type { Queryable } from '../../sql/database.ts';
import { checkSchema } from '../../sql/migrator.ts';
import { withDatabase } from '../database.ts';
import { screen } from '../paint.ts';
import { retrainingTable, retrainingText } from './retraining-text.ts';
import { listRetrainings, readEvents, requireRetraining } from './store.ts';
import type { ListOptions } from './store.ts';

interface Output {
  readonly json?: true;
}

/** `tidewatch retrainings` */
export async function printRetrainings({ json, ...options }: ListOptions & Output): Promise<void> {
  const retrainings = await read((connection) => listRetrainings(connection, options));
  console.log(json ? JSON.stringify(retrainings, undefined, 2) : retrainingTable(retrainings, screen()));
}

/** `tidewatch retrainings show` */
export async function printRetraining(
  model: string,
  retrainingId: string | undefined,
  { json }: Output,
): Promise<void> {
  const { retraining, events } = await read(async (connection) => {
    const found = await requireRetraining(connection, model, retrainingId);
    return { retraining: found, events: await readEvents(connection, found) };
  });
  console.log(
    json
      ? JSON.stringify({ ...retraining, events }, undefined, 2)
      : retrainingText(retraining, events, screen()),
  );
}

function read<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
  return withDatabase('tidewatch-retrainings', async (database) => {
    await checkSchema(database);
    return database.snapshot(work);
  });
}
