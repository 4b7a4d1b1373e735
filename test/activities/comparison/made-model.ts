import type { ComparePerformanceInput } from '../../../activities/comparison/compare-performance.ts';
import type { PredictionRow } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { hourMs, hoursOf } from '../../../core/window.ts';
import type { Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day } from '../../setup/synthetic.ts';

export const model = 'compared';

export interface MadePredictions {
  readonly version: string;
  readonly role?: 'serving' | 'shadow';
  /** Full days: from day `from` up to, not including, day `to`. */
  readonly from?: number;
  readonly to?: number;
  readonly entities?: readonly string[];
  /** Of hour `i` since day 1. */
  readonly prediction: (i: number, entity: string) => number | string;
  readonly probabilities?: (i: number, entity: string) => Readonly<Record<string, number>>;
  readonly features?: (i: number, entity: string) => Readonly<Record<string, unknown>>;
  readonly issued?: (eventTime: number) => number;
}

/** One prediction an hour and entity. */
function predictionsOf({
  version,
  role = 'serving',
  from = 1,
  to = 8,
  entities = ['station'],
  prediction,
  probabilities,
  features,
  issued,
}: MadePredictions): PredictionRow[] {
  return hoursOf({ start: day(from), end: day(to) }).flatMap((eventTime) => {
    const i = (eventTime - day(1)) / hourMs;
    return entities.map((entity) => ({
      version,
      role,
      entity,
      eventTime,
      ...(issued && { issuedAt: issued(eventTime) }),
      features: features?.(i, entity) ?? { x: i % 5, c: 'a' },
      prediction: prediction(i, entity),
      ...(probabilities && { probabilities: probabilities(i, entity) }),
    }));
  });
}

export interface MadeActuals {
  readonly from?: number;
  readonly to?: number;
  readonly entities?: readonly string[];
  readonly value: (i: number, entity: string) => number | string;
}

export async function recordActuals(
  database: Database,
  { from = 1, to = 8, entities = ['station'], value }: MadeActuals,
): Promise<void> {
  await openClient({ database }).recordActuals(
    model,
    hoursOf({ start: day(from), end: day(to) }).flatMap((eventTime) =>
      entities.map((entity) => ({
        entity,
        eventTime,
        value: value((eventTime - day(1)) / hourMs, entity),
        recordedAt: eventTime + hourMs,
      })),
    ),
  );
}

export const logPredictions = async (database: Database, made: MadePredictions): Promise<void> => {
  await openClient({ database }).logPredictions(model, predictionsOf(made));
};

/** Attaches what has arrived and compares, as of the morning of day 8. */
export async function compare(
  database: Database,
  { asOf = at(8, 3), ...input }: Partial<ComparePerformanceInput> & { readonly runId?: string } = {},
): ReturnType<ReturnType<typeof activitiesOn>['comparePerformance']> {
  const { runId, ...rest } = input;
  const activities = activitiesOn(database, runId === undefined ? {} : { runId });
  await activities.attachActuals({ model, asOf });
  return activities.comparePerformance({ model, asOf, ...rest });
}

export interface StoredComparison extends Record<string, unknown> {
  readonly kind: string;
  readonly subject: string;
  readonly against: string;
  readonly metric: string;
  readonly verdict: string;
  readonly reason: string;
  readonly value: number | null;
  readonly against_value: number | null;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly p_value: number | null;
  readonly row_count: number;
  readonly against_row_count: number;
  readonly left_out: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Everything stored of a kind, by `<subject> / <against> / <metric>`. */
export async function storedOf(
  database: Database,
  kind: 'version' | 'ab' | 'baseline',
): Promise<Record<string, StoredComparison>> {
  const rows = await database.query<StoredComparison>(
    `select * from performance_comparisons where model = $1 and kind = $2
     order by window_start, subject, against, metric`,
    [model, kind],
  );
  return Object.fromEntries(rows.map((row) => [`${row.subject} / ${row.against} / ${row.metric}`, row]));
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Hours of days 1 to 7. */
export const weekHours: readonly number[] = Array.from({ length: 168 }, (_, i) => i);
