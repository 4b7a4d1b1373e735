import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, it } from 'vitest';

import { openObjectStore, type ObjectStore } from '../../../activities/sources/object-store.ts';
import { startHttpEndpoint, type HttpEndpoint } from '../../setup/http-endpoint.ts';

let endpoint: HttpEndpoint | undefined;
afterEach(() => endpoint?.stop());

async function storeThat(answers: Parameters<typeof startHttpEndpoint>[0]): Promise<ObjectStore> {
  endpoint = await startHttpEndpoint(answers);
  return openObjectStore(
    { endpoint: `${endpoint.origin}/`, region: 'eu-west-1', accessKeyId: 'key', secretAccessKey: 'secret' },
    'lake',
  );
}

it('lists a folder with what tells contents apart, by a signed request', async () => {
  const store = await storeThat(() => ({
    status: 200,
    body: `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>
      <Contents><Key>scores/a&amp;b.parquet</Key><Size>5</Size><ETag>&quot;e1&quot;</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>
      <Contents><Key>scores/c.parquet</Key><Size>6</Size><ETag>&quot;e2&quot;</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>
    </ListBucketResult>`,
  }));
  const files = await store.list('scores');
  expect(files.map(({ key }) => key)).toEqual(['scores/a&b.parquet', 'scores/c.parquet']);
  expect(new Set(files.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  const [request] = endpoint!.requests();
  expect(request?.headers['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/eu-west-1\/s3\//,
  );
  expect(JSON.stringify(request)).not.toContain('secret');
});

it('writes a file to this machine', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-store-'));
  const store = await storeThat(() => ({ status: 200, body: 'PAR1' }));
  await store.fetch('scores/a.parquet', join(directory, 'a'));
  expect(await readFile(join(directory, 'a'), 'utf8')).toBe('PAR1');
  await rm(directory, { recursive: true });
});

const denied =
  '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

it.each([
  [403, denied, 'SourceProblem', 'the store refuses it (AccessDenied)'],
  [404, '', 'SourceProblem', 'there is no bucket "lake"'],
  [403, '', 'SourceProblem', 'the store refuses it (HTTP 403)'],
  [503, '', 'SourceAway', 'HTTP 503'],
])('that answers %i %s is a %s: %s', async (status, body, name, words) => {
  const store = await storeThat(() => ({
    status,
    body,
    headers: { 'content-type': 'application/xml' },
  }));
  const failure = (await store.list('scores').catch((error: unknown) => error)) as Error;
  expect(failure).toMatchObject({ name, message: expect.stringContaining(words) as unknown });
});

it('that does not answer is away', async () => {
  const store = openObjectStore(
    { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', accessKeyId: 'key', secretAccessKey: 'secret' },
    'lake',
  );
  await expect(store.list('scores')).rejects.toMatchObject({ name: 'SourceAway' });
});
