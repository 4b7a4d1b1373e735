/** What the environment says of the tables and files that monitors may name as their source. */

import type { StoreSettings } from '../activities/sources/object-store.ts';
import type { SourceConfiguration } from '../activities/sources/sources.ts';
import type { Environment, Problems } from './secret-files.ts';

const databaseVariable = /^SOURCE_DATABASE_URL(?:_([A-Z0-9_]+))?$/;
const endpointVariable = /^SOURCE_S3_ENDPOINT(?:_([A-Z0-9_]+))?$/;

export function readSources(
  environment: Environment,
  ownDatabase: string,
  problems: Problems,
): SourceConfiguration {
  const databases = new Map<string, string>();
  const stores = new Map<string, StoreSettings>();
  for (const [variable, value = ''] of Object.entries(environment)) {
    // The files of secrets have been read.
    if (variable.endsWith('_FILE')) continue;
    const database = databaseVariable.exec(variable);
    if (database !== null) {
      if (/^postgres(ql)?:\/\/.+/.test(value)) databases.set(database[1] ?? '', value);
      else problems.push(`  ${variable}: write for example postgres://reader@127.0.0.1:5432/warehouse`);
    }
    const store = endpointVariable.exec(variable);
    if (store !== null) {
      const of = store[1] === undefined ? '' : `_${store[1]}`;
      const given = (name: string): string | undefined => environment[`SOURCE_S3_${name}${of}`];
      const [accessKeyId, secretAccessKey] = [given('ACCESS_KEY_ID'), given('SECRET_ACCESS_KEY')];
      if (!/^https?:\/\/.+/.test(value) || !URL.canParse(value))
        problems.push(`  ${variable}: write for example https://s3.eu-west-1.amazonaws.com`);
      else if (accessKeyId === undefined || secretAccessKey === undefined)
        problems.push(
          `  ${variable}: needs SOURCE_S3_ACCESS_KEY_ID${of} and SOURCE_S3_SECRET_ACCESS_KEY${of}, or files that they with _FILE name`,
        );
      else
        stores.set(store[1] ?? '', {
          endpoint: value,
          region: given('REGION') ?? 'us-east-1',
          accessKeyId,
          secretAccessKey,
        });
    }
  }
  return { ownDatabase, databases, stores, directory: environment['SOURCE_DIRECTORY'] };
}
