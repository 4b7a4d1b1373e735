/** What is watched, by the monitors that `apply` has stored. */

import { pageOf, type Pages } from '../../layout/links.ts';
import type { Asked } from '../../server/page.ts';

export interface ListedMonitor {
  readonly model: string;
  readonly task: string;
  readonly features: number;
  readonly reference: string;
  readonly current: string;
  readonly appliedAt: number;
  readonly hash: string;
}

export interface LoadedMonitors {
  readonly monitors: readonly ListedMonitor[];
  readonly pages: Pages;
}

const size = 100;

export async function loadMonitors({ connection, query }: Asked): Promise<LoadedMonitors> {
  const [counted] = await connection.query<{ count: number }>('select count(*) as count from monitors');
  const count = counted!.count;
  const page = Math.min(pageOf(query), Math.max(1, Math.ceil(count / size)));
  const monitors = await connection.query<ListedMonitor & Record<string, unknown>>(
    `select model, coalesce(configuration ->> 'task', '') as task, coalesce(configuration #>> '{reference,kind}', '') as reference,
       coalesce(configuration ->> 'current', '') as current, applied_at as "appliedAt", configuration_hash as hash,
       (select count(*) from jsonb_object_keys(case when jsonb_typeof(configuration -> 'features') = 'object' then configuration -> 'features' else '{}' end)) as features
     from monitors order by model limit $1 offset $2`,
    [size, (page - 1) * size],
  );
  return { monitors, pages: { page, size, count } };
}
