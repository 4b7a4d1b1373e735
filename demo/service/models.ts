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

/** The version that serves now, and those that predict in the shadow: of that stage, and always the first one. */
export async function findVersions(
  database: Database,
  model: string,
): Promise<{ champion: string; shadows: readonly string[] } | undefined> {
  const [row] = await database.query<{ champion: string | null; shadows: string[] }>(
    `select
       (select version from model_versions where model = $1 and stage = 'champion') as champion,
       array(
         select version from model_versions
         where model = $1 and stage <> 'champion'
           and (stage = 'shadow' or registered_at = (select min(registered_at) from model_versions where model = $1))
         order by version) as shadows`,
    [model],
  );
  if (row === undefined || row.champion === null) return undefined;
  return { champion: row.champion, shadows: row.shadows };
}

/** The day of a retraining; the whole instant where another one of that day has its name already. */
export async function nameVersion(
  database: Database,
  { model, retrainingId }: { readonly model: string; readonly retrainingId: string },
): Promise<string> {
  const day = retrainingId.slice(0, 10);
  const taken = await database.query(
    `select from model_versions
     where model = $1 and version = $2 and lineage ->> 'retrainingId' is distinct from $3`,
    [model, day, retrainingId],
  );
  return taken.length === 0 ? day : retrainingId;
}
