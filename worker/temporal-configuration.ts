/** What the environment says of the connection to Temporal, as its own command line has it. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type * as Envconfig from '@temporalio/envconfig';
import { z } from 'zod';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { parsePayloadKeys, type PayloadKeys } from '../schedules/payload-codec.ts';
import type { TemporalSecurity } from '../schedules/temporal-connection.ts';
import type { Environment, Problems } from './secret-files.ts';

const path = (meaning: string) => z.string().optional().describe(meaning);

export const temporalVariables = {
  TEMPORAL_PROFILE: path("a profile in the temporal command's configuration file"),
  TEMPORAL_CONFIG_FILE: path('that file; by default the temporal.toml of the temporal command'),
  TEMPORAL_API_KEY: path('for a server that requires one; sent over TLS'),
  TEMPORAL_TLS: z
    .enum(['true', 'false'], 'write true or false')
    .optional()
    .describe('whether to connect by TLS; naming a certificate implies it'),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: path(
    "the CA that signed the server's certificate, if the system does not know it",
  ),
  TEMPORAL_TLS_SERVER_NAME: path('the name in that certificate, if not that of the address'),
  TEMPORAL_TLS_CLIENT_CERT_PATH: path('the client certificate, for a server that requires one'),
  TEMPORAL_TLS_CLIENT_KEY_PATH: path('its key'),
  TIDEWATCH_CODEC_ENDPOINT: z
    .enum(['on', 'off'], 'write on or off')
    .default('off')
    .describe(
      'whether the worker decrypts at /codec for pages of TEMPORAL_UI_URL, for anyone there who reaches its endpoint',
    ),
  TEMPORAL_PAYLOAD_KEYS_FILE: path(
    'keys that encrypt inputs and results of workflows, so that the Temporal server cannot read them; see docs/security.md',
  ),
};

/** Any of these makes the settings of the temporal command count; without one a file that happens to be there does not. */
const asks = /^TEMPORAL_(?:PROFILE|CONFIG_FILE|API_KEY|TLS(?:_\w+)?|GRPC_META_\w+)$/;
const asksForFile = ['TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

export interface TemporalSettings {
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  readonly security?: TemporalSecurity;
}

export function readPayloadKeys(environment: Environment, problems: Problems): PayloadKeys | undefined {
  const file = environment['TEMPORAL_PAYLOAD_KEYS_FILE'];
  if (file === undefined || file === '') return undefined;
  try {
    return parsePayloadKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    problems.push(
      error instanceof TidewatchError
        ? String(error.details['problems'])
        : `  TEMPORAL_PAYLOAD_KEYS_FILE: the file cannot be read (${reasonOf(error)})`,
    );
    return undefined;
  }
}

/** An address and a namespace are those of the environment, else of the profile. */
export function readTemporal(environment: Environment, problems: Problems): TemporalSettings {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && value !== '' && /^(?:TEMPORAL_|HOME$|XDG_|APPDATA$)/.test(name)
        ? [[name, value]]
        : [],
    ),
  );
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = given;
  if (!Object.keys(given).some((name) => asks.test(name))) return { address, namespace };
  const [certificate, key] = ['CERT', 'KEY'].map(
    (part) => given[`TEMPORAL_TLS_CLIENT_${part}_PATH`] ?? given[`TEMPORAL_TLS_CLIENT_${part}_DATA`],
  );
  if ((certificate === undefined) !== (key === undefined))
    problems.push(
      `  TEMPORAL_TLS_CLIENT_${key === undefined ? 'KEY' : 'CERT'}_PATH: is missing; a certificate is shown together with its key`,
    );
  if (/^(?:true|1)$/i.test(given['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'] ?? ''))
    problems.push(
      '  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: names are always verified; write the name of the certificate in TEMPORAL_TLS_SERVER_NAME',
    );
  try {
    const { loadClientConnectConfig } = createRequire(import.meta.url)(
      '@temporalio/envconfig',
    ) as typeof Envconfig;
    const { connectionOptions, namespace: found } = loadClientConnectConfig({
      overrideEnvVars: given,
      disableFile: !asksForFile.some((name) => given[name] !== undefined),
    });
    const { address: there, tls, apiKey, metadata } = connectionOptions;
    if (apiKey !== undefined && tls === false)
      problems.push('  TEMPORAL_TLS: an API key goes by TLS only; leave it away, or write true');
    return {
      address: address ?? there,
      namespace: namespace ?? found,
      security: {
        ...(tls !== undefined && { tls }),
        ...(typeof apiKey === 'string' && { apiKey }),
        ...(metadata !== undefined && { metadata }),
      },
    };
  } catch (error) {
    problems.push(`  TEMPORAL_TLS, TEMPORAL_PROFILE: what they name cannot be read (${reasonOf(error)})`);
    return {};
  }
}
