/** TLS, with certificates demanded on both sides, to real servers. */

import { once } from 'node:events';
import { chown, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type Server, type TlsOptions } from 'node:tls';

import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openEmail, type EmailOptions } from '../../activities/alerts/email.ts';
import { startPostgres, type Postgres } from '../../demo/stack/postgres.ts';
import { connectTemporal } from '../../schedules/temporal-client.ts';
import { openDatabase } from '../../sql/database.ts';
import { readConfiguration, type Configuration } from '../../worker/configuration.ts';
import { openDependencies } from '../../worker/dependencies.ts';
import {
  makeCertificates,
  type Authority,
  type Certificate,
  type Certificates,
} from '../setup/certificates.ts';
import { testServers } from '../setup/servers.ts';

let certificates: Certificates;
let authority: Authority;
let stranger: Authority;
let server: Certificate;
let expired: Certificate;
let elsewhere: Certificate;
let ours: Certificate;
let theirs: Certificate;
beforeAll(async () => {
  certificates = await makeCertificates();
  authority = await certificates.authority('authority');
  stranger = await certificates.authority('stranger');
  server = await authority.issue('server');
  expired = await authority.issue('server', { expired: true });
  elsewhere = await authority.issue('elsewhere', { host: 'temporal.example.org' });
  ours = await authority.issue('tidewatch');
  theirs = await stranger.issue('tidewatch');
});
afterAll(() => certificates.remove());

describe('Temporal', () => {
  const proxies: { server: Server; sockets: Set<Socket> }[] = [];
  afterAll(() => {
    for (const { server, sockets } of proxies) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  /** Ends TLS before the real server, as an ingress does; it demands a certificate of the authority. */
  async function proxyWith({ cert, key }: Certificate): Promise<string> {
    const [host, port] = testServers().temporalAddress.split(':');
    const options: TlsOptions = {
      cert,
      key,
      ca: await readFile(authority.caFile),
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2'],
    };
    const sockets = new Set<Socket>();
    const tls = createTlsServer(options, (client) => {
      const upstream = connectPlain(Number(port), host);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => {});
      }
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
    });
    tls.on('tlsClientError', () => {});
    tls.listen(0, '127.0.0.1');
    await once(tls, 'listening');
    proxies.push({ server: tls, sockets });
    return `127.0.0.1:${(tls.address() as AddressInfo).port}`;
  }

  const configuration = (environment: Record<string, string>): Configuration =>
    readConfiguration({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', ...environment });
  const asked = (address: string, overrides: Record<string, string> = {}): Configuration =>
    configuration({
      TEMPORAL_ADDRESS: address,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.caFile,
      TEMPORAL_TLS_CLIENT_CERT_PATH: ours.certFile,
      TEMPORAL_TLS_CLIENT_KEY_PATH: ours.keyFile,
      ...overrides,
    });
  const problemOf = async (configured: Configuration): Promise<string> => {
    try {
      await (await connectTemporal(configured.temporal)).close();
      return 'connected';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('is reached by commands and by the worker with a certificate of either side', async () => {
    const configured = asked(await proxyWith(server));
    const { client, close } = await connectTemporal(configured.temporal);
    expect(await client.workflowService.describeNamespace({ namespace: 'default' })).toMatchObject({
      namespaceInfo: { name: 'default' },
    });
    await close();
    const dependencies = await openDependencies(configured);
    expect(dependencies.missingAttributes).toEqual([]);
    await dependencies.close();
  });

  it('is reached by a profile of the temporal command', async () => {
    const address = await proxyWith(server);
    const file = join(certificates.directory, 'temporal.toml');
    await writeFile(
      file,
      `[profile.staging]
address = "${address}"
namespace = "default"
[profile.staging.tls]
server_ca_cert_path = "${authority.caFile}"
client_cert_path = "${ours.certFile}"
client_key_path = "${ours.keyFile}"
`,
    );
    const configured = configuration({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'staging' });
    expect(configured.temporal.address).toBe(address);
    expect(await problemOf(configured)).toBe('connected');
  });

  it('is reached by the name in its certificate', async () => {
    const address = await proxyWith(elsewhere);
    expect(await problemOf(asked(address, { TEMPORAL_TLS_SERVER_NAME: 'temporal.example.org' }))).toBe(
      'connected',
    );
  });

  it.each([
    [
      'signed by nobody it knows',
      () => server,
      () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: stranger.caFile }),
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    ],
    ['expired', () => expired, () => ({}), 'has expired'],
    ['of another name', () => elsewhere, () => ({}), 'TEMPORAL_TLS_SERVER_NAME'],
    [
      'shown a certificate of a stranger',
      () => server,
      () => ({
        TEMPORAL_TLS_CLIENT_CERT_PATH: theirs.certFile,
        TEMPORAL_TLS_CLIENT_KEY_PATH: theirs.keyFile,
      }),
      'TEMPORAL_TLS_CLIENT_CERT_PATH',
    ],
    [
      'shown no certificate',
      () => server,
      () => ({ TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' }),
      'TEMPORAL_TLS_CLIENT_CERT_PATH',
    ],
    [
      'asked in plain text',
      () => server,
      () => ({
        TEMPORAL_TLS_CLIENT_CERT_PATH: '',
        TEMPORAL_TLS_CLIENT_KEY_PATH: '',
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: '',
      }),
      'TEMPORAL_TLS=true',
    ],
  ] as const)('names the variable where the server is %s', async (_, certificate, overrides, words) => {
    const address = await proxyWith(certificate());
    const configured = asked(address, overrides());
    expect(await problemOf(configured)).toContain(words);
    await expect(openDependencies(configured)).rejects.toThrow(words);
  });

  it('says where TLS is asked of a server that does not have it', async () => {
    const problem = await problemOf(
      configuration({ TEMPORAL_ADDRESS: testServers().temporalAddress, TEMPORAL_TLS: 'true' }),
    );
    expect(problem).toContain('Leave TEMPORAL_TLS away');
  });

  it('sends an API key', () => {
    expect(configuration({ TEMPORAL_API_KEY: 'key of a test' }).temporal.security).toMatchObject({
      tls: true,
      apiKey: 'key of a test',
    });
    expect(() => configuration({ TEMPORAL_API_KEY: 'key of a test', TEMPORAL_TLS: 'false' })).toThrow(
      'TEMPORAL_TLS:',
    );
  });

  it.each([
    [{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere.pem' }, 'ENOENT'],
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.pem' }, 'TEMPORAL_TLS_CLIENT_KEY_PATH: is missing'],
    [{ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, 'names are always verified'],
    [{ TEMPORAL_CONFIG_FILE: '/nowhere.toml', TEMPORAL_PROFILE: 'staging' }, 'TEMPORAL_PROFILE'],
  ])('refuses %j in words', (environment, words) => {
    expect(() => configuration(environment)).toThrow(words);
  });
});

describe('Postgres', () => {
  let postgres: Postgres;
  let stateDirectory: string;
  beforeAll(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), 'tidewatch-tls-postgres-'));
    const [logFile, pidFile] = ['log', 'pid'].map((name) => join(stateDirectory, name));
    postgres = await startPostgres({
      stateDirectory,
      persistent: false,
      logFile: logFile!,
      pidFile: pidFile!,
    });
    const admin = openDatabase({ url: postgres.url('postgres'), poolSize: 1 });
    const [{ data_directory: data } = { data_directory: '' }] = await admin.query<{ data_directory: string }>(
      'show data_directory',
    );
    const { uid, gid } = await stat(data);
    for (const [from, to] of [
      [server.certFile, 'server.crt'],
      [server.keyFile, 'server.key'],
      [authority.caFile, 'root.crt'],
    ] as const) {
      await copyFile(from, join(data, to));
      await chown(join(data, to), uid, gid);
    }
    await writeFile(
      join(data, 'pg_hba.conf'),
      'hostssl all tidewatch 127.0.0.1/32 cert\nhostssl all postgres 127.0.0.1/32 scram-sha-256\n',
    );
    await admin.execute('create role tidewatch login');
    await admin.execute(`alter system set ssl_ca_file = 'root.crt'`);
    await admin.execute('alter system set ssl = on');
    await admin.query('select pg_reload_conf()');
    await admin.close();
  }, 120_000);
  afterAll(async () => {
    await postgres.stop();
    await rm(stateDirectory, { recursive: true, force: true });
  });

  async function answerOf(
    parameters: Record<string, string>,
    user?: string,
    host = '127.0.0.1',
  ): Promise<unknown> {
    const url = new URL(postgres.url('postgres'));
    url.hostname = host;
    if (user !== undefined) Object.assign(url, { username: user, password: '' });
    url.search = new URLSearchParams(parameters).toString();
    const database = openDatabase({ url: url.href, poolSize: 1 });
    try {
      const [row] = await database.query(
        'select current_user as user, ssl from pg_stat_ssl where pid = pg_backend_pid()',
      );
      return row;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await database.close();
    }
  }
  const verified = (): Record<string, string> => ({ sslmode: 'verify-full', sslrootcert: authority.caFile });
  const shown = ({ certFile, keyFile }: Certificate): Record<string, string> => ({
    sslcert: certFile,
    sslkey: keyFile,
  });

  it('is reached with the password, and with a certificate in its place', async () => {
    expect(await answerOf(verified())).toEqual({ user: 'postgres', ssl: true });
    expect(await answerOf({ ...verified(), sslmode: 'require' })).toEqual({ user: 'postgres', ssl: true });
    expect(await answerOf({ ...verified(), ...shown(ours) }, 'tidewatch')).toEqual({
      user: 'tidewatch',
      ssl: true,
    });
  });

  it.each([
    [
      'is signed by nobody it knows',
      () => ({ sslmode: 'verify-full', sslrootcert: stranger.caFile }),
      undefined,
      'sslrootcert=<file>',
    ],
    [
      'is signed by nobody that the system knows',
      () => ({ sslmode: 'require' }),
      undefined,
      'sslrootcert=<file>',
    ],
    ['wants a certificate', () => verified(), 'tidewatch', 'sslcert=<file>&sslkey=<file>'],
    [
      'does not trust the certificate',
      () => ({ ...verified(), ...shown(theirs) }),
      'tidewatch',
      'sslcert=<file>&sslkey=<file>',
    ],
    ['takes no plain text', () => ({}), undefined, '?sslmode=verify-full'],
    [
      'is to be verified by a file that is not there',
      () => ({ sslmode: 'verify-full', sslrootcert: '/nowhere.pem' }),
      undefined,
      '/nowhere.pem cannot be read (ENOENT)',
    ],
  ] as const)('says what to write where the server %s', async (_, parameters, user, words) => {
    expect(await answerOf(parameters(), user)).toContain(words);
  });

  it('says what to write where the certificate is for another name', async () => {
    expect(await answerOf(verified(), undefined, 'localhost')).toContain(
      'Write in the URL of the database the name',
    );
  });

  it('says so where a server without TLS is asked for it', async () => {
    const url = new URL(testServers().postgresAdminUrl);
    url.search = '?sslmode=verify-full';
    const database = openDatabase({ url: url.href, poolSize: 1 });
    await expect(database.query('select 1')).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringContaining('Turn TLS on in the server') as string,
    });
    await database.close();
  });
});

describe('SMTP', () => {
  const opened: SMTPServer[] = [];
  afterAll(() => {
    for (const server of opened) server.close();
  });

  async function mailServer(options: SMTPServerOptions): Promise<{ port: number; received: boolean[] }> {
    const received: boolean[] = [];
    const smtp = new SMTPServer({
      authOptional: true,
      onAuth: (_auth, _session, done) => done(null, { user: 'tidewatch' }),
      onData: (stream, session, done) => {
        received.push(session.secure);
        stream.resume().on('end', () => done());
      },
      ...options,
    });
    smtp.on('error', () => {});
    opened.push(smtp);
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    return { port: (smtp.server.address() as AddressInfo).port, received };
  }
  async function send(options: Omit<EmailOptions, 'from'>): Promise<string> {
    const report = { subject: 'a report', text: 'words', html: '<p>words</p>', attachments: [] };
    const email = openEmail({ from: 'Tidewatch <tidewatch@example.org>', ...options });
    try {
      await email.sendReport(
        { model: 'bikes', make: () => ({ ...report, messageId: '<1@example.org>' }) },
        'ann@example.org',
      );
      return 'sent';
    } catch (error) {
      return (error as Error).message;
    }
  }
  const certified = ({ cert, key }: Certificate): SMTPServerOptions => ({ cert, key });
  const authorities = () => readFile(authority.caFile, 'utf8');

  it('is spoken to by TLS from the start, and after STARTTLS', async () => {
    for (const [scheme, secure] of [
      ['smtps', true],
      ['smtp', false],
    ] as const) {
      const { port, received } = await mailServer({ ...certified(server), secure });
      const smtpUrl = `${scheme}://me:secret-of-mail@127.0.0.1:${port}`;
      expect(await send({ smtpUrl, authorities: await authorities(), tls: 'required' })).toBe('sent');
      expect(received).toEqual([true]);
    }
  });

  it.each([
    ['signed by nobody it knows', () => server, false, 'SMTP_CA_FILE'],
    ['expired', () => expired, true, 'has expired'],
    ['for another name', () => elsewhere, true, 'write in SMTP_URL the name'],
  ] as const)('is not spoken to where its certificate is %s', async (_, certificate, known, words) => {
    const { port, received } = await mailServer({ ...certified(certificate()), secure: true });
    const problem = await send({
      smtpUrl: `smtps://me:secret-of-mail@127.0.0.1:${port}`,
      ...(known && { authorities: await authorities() }),
    });
    expect(problem).toContain(words);
    expect(problem).not.toContain('secret-of-mail');
    expect(received).toEqual([]);
  });

  it('gets nothing where TLS is required and it offers none, as somebody between would have it', async () => {
    const { port, received } = await mailServer({
      hideSTARTTLS: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
    });
    const smtpUrl = `smtp://me:secret-of-mail@127.0.0.1:${port}`;
    expect(await send({ smtpUrl, tls: 'required' })).toContain('SMTP_TLS=when-offered');
    expect(received).toEqual([]);
    expect(await send({ smtpUrl, tls: 'when offered' })).toBe('sent');
    expect(received).toEqual([false]);
  });

  it('is configured by variables', () => {
    const base = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      SMTP_URL: 'smtp://mail.example.org:587',
    };
    expect(
      readConfiguration({ ...base, SMTP_TLS: 'required', SMTP_CA_FILE: authority.caFile }).channels.email,
    ).toMatchObject({ tls: 'required', authorities: expect.stringContaining('BEGIN CERTIFICATE') as string });
    expect(() => readConfiguration({ ...base, SMTP_CA_FILE: '/nowhere.pem' })).toThrow(
      'SMTP_CA_FILE: the file cannot be read',
    );
  });
});
