/** Certificates of authorities of the test's own, made by OpenSSL. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly caFile: string;
  /** `until` in the past makes one that has expired. */
  issue(name: string, options?: { readonly host?: string; readonly expired?: true }): Promise<Certificate>;
}

export interface Certificates {
  readonly directory: string;
  authority(name: string): Promise<Authority>;
  remove(): Promise<void>;
}

export async function makeCertificates(): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-tls-'));
  const openssl = (args: readonly string[]) => run('openssl', [...args], { cwd: directory });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  return {
    directory,
    async authority(name) {
      const root = join(directory, name);
      await openssl([
        'req',
        '-x509',
        ...newKey,
        '-keyout',
        `${root}.key`,
        '-out',
        `${root}.pem`,
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
      ]);
      return {
        caFile: `${root}.pem`,
        async issue(subject, { host = '127.0.0.1', expired } = {}) {
          const file = `${root}-${subject}${expired ? '-expired' : ''}`;
          const alternative = /^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`;
          await writeFile(`${file}.ext`, `subjectAltName=${alternative}\n`);
          await openssl([
            'req',
            ...newKey,
            '-keyout',
            `${file}.key`,
            '-out',
            `${file}.csr`,
            '-subj',
            `/CN=${subject}`,
          ]);
          await openssl([
            'x509',
            '-req',
            '-in',
            `${file}.csr`,
            '-CA',
            `${root}.pem`,
            '-CAkey',
            `${root}.key`,
            '-CAcreateserial',
            '-out',
            `${file}.pem`,
            '-extfile',
            `${file}.ext`,
            '-days',
            expired ? '-1' : '2',
          ]);
          return {
            certFile: `${file}.pem`,
            keyFile: `${file}.key`,
            cert: await readFile(`${file}.pem`, 'utf8'),
            key: await readFile(`${file}.key`, 'utf8'),
          };
        },
      };
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
