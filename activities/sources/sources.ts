/** Where the sources of monitors are, by the names that the environment of the worker gives them. */

import { TidewatchError } from '../../core/errors.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import { openObjectStore, type ObjectStore, type StoreSettings } from './object-store.ts';

/** Endpoints and secrets: whoever writes monitors can name them, and not see or choose them. */
export interface SourceConfiguration {
  /** The own database, where no other is named. */
  readonly ownDatabase: string;
  /** Name -> URL; '' is the one without a name. */
  readonly databases: ReadonlyMap<string, string>;
  /** Name -> store; '' is the one without a name. */
  readonly stores: ReadonlyMap<string, StoreSettings>;
  /** Folders in it may be read. */
  readonly directory: string | undefined;
}

/** What is missing, as the variable that says it. */
export class SourceNotConfigured extends Error {
  override readonly name = 'SourceNotConfigured';
  readonly variable: string;
  constructor(variable: string) {
    super(`${variable} is not set`);
    this.variable = variable;
  }
}

/** @throws (each) SourceNotConfigured */
export interface Sources {
  /** A database in which nothing can be written. */
  readonly database: (name: string | undefined) => Database;
  readonly bucket: (store: string | undefined, bucket: string) => ObjectStore;
  readonly directory: () => string;
  readonly close: () => Promise<void>;
}

/** The variable of a place: `warehouse` is in SOURCE_DATABASE_URL_WAREHOUSE. */
export function variableOf(variable: string, name: string | undefined): string {
  return name === undefined ? variable : `${variable}_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** What one statement may take: one that is slower would be in the way of whom the database is for. */
const statementLimit = '10min';

export function openSources(configuration: SourceConfiguration): Sources {
  const opened = new Map<string, Database>();
  const key = (name: string | undefined): string => variableOf('', name).slice(1);
  return {
    database: (name) => {
      const url =
        configuration.databases.get(key(name)) ??
        (name === undefined ? configuration.ownDatabase : undefined);
      if (url === undefined) throw new SourceNotConfigured(variableOf('SOURCE_DATABASE_URL', name));
      const database =
        opened.get(url) ??
        openDatabase({
          url,
          poolSize: 4,
          applicationName: 'tidewatch-source',
          settings: { default_transaction_read_only: 'on', statement_timeout: statementLimit },
        });
      opened.set(url, database);
      return database;
    },
    bucket: (name, bucket) => {
      const store = configuration.stores.get(key(name));
      if (store === undefined) throw new SourceNotConfigured(variableOf('SOURCE_S3_ENDPOINT', name));
      return openObjectStore(store, bucket);
    },
    directory: () => {
      if (configuration.directory === undefined) throw new SourceNotConfigured('SOURCE_DIRECTORY');
      return configuration.directory;
    },
    close: async () => {
      await Promise.all([...opened.values()].map((database) => database.close()));
    },
  };
}

/** Says which model a variable is missing for. */
export function notConfigured(model: string, { variable }: SourceNotConfigured): TidewatchError {
  const file = variable === 'SOURCE_DIRECTORY' ? '' : `, or ${variable}_FILE`;
  return new TidewatchError('SOURCE_NOT_CONFIGURED', { model, variable, file });
}
