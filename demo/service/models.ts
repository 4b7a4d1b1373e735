/** Fitted models as files, one a version, and which of them is the champion. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Database } from '../../sql/database.ts';
import type { FittedModel } from '../model/fitting.ts';

export interface ModelStore {
  read(model: string, version: string): Promise<FittedModel>;
  write(model: string, version: string, fitted: FittedModel): Promise<void>;
}

/** Models under `<directory>/<model>/<version>.json`; a written one is complete or not there. */
export function openModelStore(directory: string): ModelStore {
  const cache = new Map<string, FittedModel>();
  const fileOf = (model: string, version: string): string => join(directory, model, `${version}.json`);
  return {
    async read(model, version) {
      const file = fileOf(model, version);
      const fitted = cache.get(file) ?? (JSON.parse(await readFile(file, 'utf8')) as FittedModel);
      cache.set(file, fitted);
      return fitted;
    },
    async write(model, version, fitted) {
      const file = fileOf(model, version);
      await mkdir(join(directory, model), { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify(fitted));
      await rename(`${file}.new`, file);
      cache.set(file, fitted);
    },
  };
}

/** The version that serves now, and the first one, which goes on predicting in the shadow for comparison. */
export async function findVersions(
  database: Database,
  model: string,
): Promise<{ champion: string; first: string } | undefined> {
  const [row] = await database.query<{ champion: string | null; first: string | null }>(
    `select
       (select version from model_versions where model = $1 and stage = 'champion') as champion,
       (select version from model_versions where model = $1 order by registered_at limit 1) as first`,
    [model],
  );
  if (row === undefined || row.champion === null || row.first === null) return undefined;
  return { champion: row.champion, first: row.first };
}
