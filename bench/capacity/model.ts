/** What so many models and predictions take: a few rates that were measured, and sums of them. */

/** Of one installation. */
export interface Load {
  readonly models: number;
  /** Of all models together; each has its actual. */
  readonly predictionsPerDay: number;
  /** Of one model. */
  readonly features: number;
}

/**
 * Processor seconds and bytes, measured by `bench/capacity/capacity.ts` and `bench/round/round.ts` on the machine that RESULTS.md names.
 * Features are logged as jsonb, the dearest way. Rows and values lie between a small hour, of which a part does not grow with them, and a
 * large one: RESULTS.md has both beside the model.
 */
export const rates = {
  /** Of a row that is attached, summarised and counted, without its features. */
  workerSecondsOfRow: 7e-6,
  postgresSecondsOfRow: 11e-6,
  /** Of a value of a feature that is read and profiled. */
  workerSecondsOfValue: 0.76e-6,
  postgresSecondsOfValue: 0.48e-6,
  /** Of an activity of a model with small windows, with the workflow around it. */
  workerSecondsOfActivity: 0.014,
  postgresSecondsOfActivity: 0.004,
  temporalSecondsOfActivity: 0.021,
  /** Of a prediction, its actual and its outcome, with their indexes; and of each feature. */
  bytesOfRow: 560,
  bytesOfValue: 28,
  /** Of a feature of a model in an hour: its profile, from some thousand rows on. */
  bytesOfProfile: 2_200,
  /** Rows that a client writes into one Postgres of the machine in a second, by COPY through a staging table; and what `insert` does. */
  rowsWrittenPerSecond: 64_000,
} as const;

/** Runs of a model in a day: 24 hourly, 3 nightly. Activities of these, as the histories of `bench/round` have them. */
const runsPerDay = 27;
const activitiesPerDay = 24 * 3 + 5 + 6 + 10;

export interface Need {
  /** Processors that are busy all day, on average. */
  readonly workerCores: number;
  readonly postgresCores: number;
  readonly temporalCores: number;
  /** Runs started and activities, of Temporal, in a second on average. */
  readonly actionsPerSecond: number;
  /** What a day adds to Postgres before any retention, and what a year of profiles does. */
  readonly gigabytesPerDay: number;
  readonly profileGigabytesPerYear: number;
  /** Rows written in a second on average, against what one Postgres takes. */
  readonly writingShare: number;
  /** How long one hourly round takes on two processors that have nothing else to do. */
  readonly roundMinutes: number;
}

const daySeconds = 86_400;

/**
 * What a load needs. Linear in everything: nothing that is shared gets dearer with more of it, as long as the working set fits into memory.
 */
export function needOf({ models, predictionsPerDay: rows, features }: Load): Need {
  const values = rows * features;
  const activities = models * activitiesPerDay;
  const hourlyActivities = models * 3;
  const secondsOfActivity =
    rates.workerSecondsOfActivity + rates.postgresSecondsOfActivity + rates.temporalSecondsOfActivity;
  const secondsOfRow = rates.workerSecondsOfRow + rates.postgresSecondsOfRow;
  return {
    workerCores:
      (rows * rates.workerSecondsOfRow +
        values * rates.workerSecondsOfValue +
        activities * rates.workerSecondsOfActivity) /
      daySeconds,
    postgresCores:
      (rows * rates.postgresSecondsOfRow +
        values * rates.postgresSecondsOfValue +
        activities * rates.postgresSecondsOfActivity) /
      daySeconds,
    temporalCores: (activities * rates.temporalSecondsOfActivity) / daySeconds,
    actionsPerSecond: (activities + models * runsPerDay) / daySeconds,
    gigabytesPerDay: (rows * rates.bytesOfRow + values * rates.bytesOfValue) / 1e9,
    profileGigabytesPerYear: (models * features * 24 * 365 * rates.bytesOfProfile) / 1e9,
    writingShare: rows / daySeconds / rates.rowsWrittenPerSecond,
    roundMinutes: (hourlyActivities * secondsOfActivity + (rows / 24) * secondsOfRow) / 2 / 60,
  };
}

/** What a load asks too much of first, of one Postgres of 32 processors, one Temporal cluster and any number of workers. */
export function firstLimit(need: Need): string {
  const limits: readonly (readonly [number, string])[] = [
    [need.writingShare, 'writing rows into one Postgres'],
    [need.postgresCores / 32, 'the processors of one Postgres'],
    [need.gigabytesPerDay / 500, 'the disk of one Postgres, at 500 GB a day'],
    // A self-hosted cluster on one SQL database; measured by its makers at some thousand state transitions a second.
    [need.actionsPerSecond / 1_000, 'a Temporal cluster, at 1,000 actions a second'],
    [need.roundMinutes / 60, 'two processors for everything, which an hourly round fills'],
  ];
  const [share, words] = limits.toSorted(([a], [b]) => b - a)[0]!;
  return share < 1
    ? `nothing; next ${words} (${Math.round(share * 100)}%)`
    : `${words} (${share.toPrecision(2)} times)`;
}
