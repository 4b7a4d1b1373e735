/** Which task queues a worker takes from, how many activities at once, and how fast. */

import { z } from 'zod';

import type { FanOut } from '../activities/dependencies.ts';

/** What a worker takes: `light` leaves heavy activities to others, `heavy` takes nothing else. */
const takes = ['all', 'light', 'heavy'] as const;

const wholeNumber = z.coerce.number().int().min(1).max(500);

export const taskQueueVariables = {
  TIDEWATCH_HEAVY_TASK_QUEUE: z
    .string()
    .optional()
    .describe(
      'the task queue for profiling, drift, comparisons and recomputing the past; by default the common one; must be the same for all workers',
    ),
  TIDEWATCH_WORKER_TAKES: z
    .enum(takes, 'write all, light or heavy')
    .default('all')
    .describe('light: all but TIDEWATCH_HEAVY_TASK_QUEUE; heavy: only that'),
  TIDEWATCH_HEAVY_ACTIVITIES: wholeNumber
    .default(2)
    .describe(
      'activities of TIDEWATCH_HEAVY_TASK_QUEUE at once, beside the others; each takes a database connection',
    ),
  TIDEWATCH_ACTIVITIES_PER_SECOND: z.coerce
    .number()
    .positive('write a number above 0')
    .max(100_000)
    .optional()
    .describe(
      'most activities of a task queue that begin per second, over all workers, which must set the same; by default no limit',
    ),
  TIDEWATCH_PART_ROWS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(500_000)
    .describe(
      'from this many rows to profile, join or summarise, hours are split into parts (whole days) that all workers share',
    ),
  TIDEWATCH_PART_COLUMNS: z.coerce
    .number()
    .int()
    .min(10)
    .default(200)
    .describe(
      'from twice this many columns of a source, hours of one day with TIDEWATCH_PART_ROWS are profiled in parts of as many columns each',
    ),
  TIDEWATCH_PARTS_AT_ONCE: wholeNumber
    .default(4)
    .describe(
      'parts of one step of a model at once, over all workers; without TIDEWATCH_HEAVY_TASK_QUEUE at most half of what one worker does at once, to leave the rest to other models',
    ),
} as const;

export interface TaskQueueConfiguration {
  readonly takes: (typeof takes)[number];
  /** Undefined: heavy activities are where all are. */
  readonly heavy: { readonly taskQueue: string; readonly atOnce: number } | undefined;
  readonly activitiesPerSecond: number | undefined;
  readonly fanOut: FanOut;
}

type Variables = z.output<z.ZodObject<typeof taskQueueVariables>> & {
  readonly TEMPORAL_TASK_QUEUE: string;
  readonly TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: number;
};

/** What the variables say; appends to `problems` where they contradict one another. */
export function readTaskQueues(variables: Variables, problems: string[]): TaskQueueConfiguration {
  const { TIDEWATCH_HEAVY_TASK_QUEUE: taskQueue, TIDEWATCH_WORKER_TAKES: takes } = variables;
  if (taskQueue === undefined && takes !== 'all')
    problems.push(
      `  TIDEWATCH_WORKER_TAKES: ${takes} says nothing without TIDEWATCH_HEAVY_TASK_QUEUE; set it, or write all`,
    );
  if (taskQueue === variables.TEMPORAL_TASK_QUEUE)
    problems.push(
      '  TIDEWATCH_HEAVY_TASK_QUEUE: is that of TEMPORAL_TASK_QUEUE; name another, or leave it out',
    );
  return {
    takes,
    heavy: taskQueue === undefined ? undefined : { taskQueue, atOnce: variables.TIDEWATCH_HEAVY_ACTIVITIES },
    activitiesPerSecond: variables.TIDEWATCH_ACTIVITIES_PER_SECOND,
    fanOut: {
      rows: variables.TIDEWATCH_PART_ROWS,
      columns: variables.TIDEWATCH_PART_COLUMNS,
      atOnce: partsAtOnce(variables),
    },
  };
}

/** Where parts are carried out among all other activities, a model that has very many leaves half of a worker to the others. */
function partsAtOnce(variables: Variables): number {
  const wanted = variables.TIDEWATCH_PARTS_AT_ONCE;
  if (variables.TIDEWATCH_HEAVY_TASK_QUEUE !== undefined) return wanted;
  return Math.max(1, Math.min(wanted, Math.floor(variables.TIDEWATCH_MAX_CONCURRENT_ACTIVITIES / 2)));
}

/** Activities that a worker carries out at once: of the common queue, and of the heavy one. */
export function slotsOf(
  { takes, heavy }: TaskQueueConfiguration,
  maxConcurrentActivities: number,
): { readonly common: number; readonly heavy: number } {
  return {
    common: takes === 'heavy' ? 0 : maxConcurrentActivities,
    heavy: takes === 'light' || heavy === undefined ? 0 : heavy.atOnce,
  };
}

/** Connections of a worker to the database at most: one for each activity, and two for health checks and look-ups. */
export function connectionsOf(queues: TaskQueueConfiguration, maxConcurrentActivities: number): number {
  const { common, heavy } = slotsOf(queues, maxConcurrentActivities);
  return common + heavy + 2;
}
