import { describe, expect, it } from 'vitest';

import { readConfiguration } from '../../worker/configuration.ts';
import { readSources } from '../../worker/source-configuration.ts';

const read = (environment: Readonly<Record<string, string>>) => {
  const problems: string[] = [];
  return { ...readSources(environment, 'postgres://own', problems), problems };
};

describe('where sources are', () => {
  it('is the own database, where nothing else is said', () => {
    expect(read({})).toEqual({
      ownDatabase: 'postgres://own',
      databases: new Map(),
      stores: new Map(),
      directory: undefined,
      problems: [],
    });
  });

  it('is a variable for each name', () => {
    expect(
      read({
        SOURCE_DATABASE_URL: 'postgres://one',
        SOURCE_DATABASE_URL_DATA_LAKE: 'postgres://two',
        SOURCE_S3_ENDPOINT: 'http://127.0.0.1:9000',
        SOURCE_S3_ACCESS_KEY_ID: 'a',
        SOURCE_S3_SECRET_ACCESS_KEY: 'b',
        SOURCE_S3_ENDPOINT_LAKE: 'https://s3.eu-west-1.amazonaws.com',
        SOURCE_S3_REGION_LAKE: 'eu-west-1',
        SOURCE_S3_ACCESS_KEY_ID_LAKE: 'c',
        SOURCE_S3_SECRET_ACCESS_KEY_LAKE: 'd',
        SOURCE_DIRECTORY: '/data',
      }),
    ).toEqual({
      ownDatabase: 'postgres://own',
      databases: new Map([
        ['', 'postgres://one'],
        ['DATA_LAKE', 'postgres://two'],
      ]),
      stores: new Map([
        [
          '',
          {
            endpoint: 'http://127.0.0.1:9000',
            region: 'us-east-1',
            accessKeyId: 'a',
            secretAccessKey: 'b',
          },
        ],
        [
          'LAKE',
          {
            endpoint: 'https://s3.eu-west-1.amazonaws.com',
            region: 'eu-west-1',
            accessKeyId: 'c',
            secretAccessKey: 'd',
          },
        ],
      ]),
      directory: '/data',
      problems: [],
    });
  });

  it.each([
    [{ SOURCE_DATABASE_URL_X: 'mysql://secret' }, 'SOURCE_DATABASE_URL_X: write for example postgres://'],
    [{ SOURCE_S3_ENDPOINT: 'minio:9000' }, 'SOURCE_S3_ENDPOINT: write for example https://'],
    [
      { SOURCE_S3_ENDPOINT_LAKE: 'http://minio:9000', SOURCE_S3_ACCESS_KEY_ID_LAKE: 'a' },
      'SOURCE_S3_ENDPOINT_LAKE: needs SOURCE_S3_ACCESS_KEY_ID_LAKE and SOURCE_S3_SECRET_ACCESS_KEY_LAKE',
    ],
  ])('refuses %j and says what to write', (environment, problem) => {
    const { problems } = read(environment);
    expect(problems.join()).toContain(problem);
    expect(problems.join()).not.toContain('secret');
  });

  it('may be in a file', () => {
    expect(() =>
      readConfiguration({
        DATABASE_URL: 'postgres://own/own',
        SOURCE_DATABASE_URL_WAREHOUSE_FILE: '/nowhere/at/all',
      }),
    ).toThrow('SOURCE_DATABASE_URL_WAREHOUSE_FILE: the file cannot be read');
  });
});
