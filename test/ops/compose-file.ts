/** docker-compose.yml as its tests read it: anchors merged, variables filled in, and no key that they do not know. */

import { readFile } from 'node:fs/promises';

import { parse } from 'yaml';
import { z } from 'zod';

const duration = z.string().regex(/^\d+(s|m|h)$/);
const memory = z.string().regex(/^\d+(m|g)$/);
const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

export const profiles = ['core', 'observability', 'logs', 'tracing'] as const;

const serviceSchema = z.strictObject({
  profiles: z.tuple([z.enum(profiles)]),
  image: z.string().optional(),
  build: z.strictObject({ context: z.string(), args: z.record(z.string(), z.string()) }).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition })).default({}),
  healthcheck: z
    .union([
      z.strictObject({ disable: z.literal(true) }),
      z.strictObject({
        test: z.tuple([z.literal('CMD')], z.string()),
        interval: duration,
        timeout: duration,
        retries: z.number().int().positive(),
        start_period: duration,
      }),
    ])
    .optional(),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.literal(false) })).optional(),
  restart: z.enum(['unless-stopped', 'on-failure:5']),
  security_opt: z.array(z.string()),
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  deploy: z.strictObject({
    resources: z.strictObject({ limits: z.strictObject({ memory }) }),
  }),
  cap_drop: z.array(z.string()).optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  pid: z.literal('host').optional(),
  tmpfs: z.array(z.string()).optional(),
  shm_size: memory.optional(),
  stop_grace_period: duration.optional(),
});

const composeSchema = z.object({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

export type Service = z.output<typeof serviceSchema>;
export type ComposeFile = z.output<typeof composeSchema>;

/** A `${...}` of the file: its name, and what follows it when the variable is not set. */
export interface Variable {
  readonly name: string;
  readonly otherwise: { readonly kind: 'default' | 'required'; readonly text: string };
}

const variablePattern = /\$\{([A-Z_]+)(:-|:\?|-)([^}]*)\}/g;

export function variablesOf(text: string): readonly Variable[] {
  return [...text.matchAll(variablePattern)].map(([, name = '', operator, otherwise = '']) => ({
    name,
    otherwise: { kind: operator === ':?' ? 'required' : 'default', text: otherwise },
  }));
}

/**
 * The file as Docker Compose reads it with these variables.
 *
 * @throws Error for a required variable that is not given; ZodError for a key or value that the schema does not know
 */
export async function readComposeFile(
  file: string,
  variables: Readonly<Record<string, string>>,
): Promise<ComposeFile> {
  return composeSchema.parse(fill(await readComposeDocument(file), variables));
}

/** The file as it is written, anchors merged. */
export async function readComposeDocument(file: string): Promise<unknown> {
  return parse(await readFile(file, 'utf8'), { merge: true });
}

/** Variables are filled into values that have been parsed, so that an empty one stays a string. */
function fill(node: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(node)) return node.map((item) => fill(item, variables));
  if (typeof node === 'object' && node !== null) {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value, variables)]));
  }
  if (typeof node !== 'string') return node;
  return node.replaceAll(variablePattern, (_, name: string, operator: string, otherwise: string) => {
    // As with `:-` and `:?` of a shell, an empty value counts as none; with `-` it is one.
    const given = variables[name];
    if (given !== undefined && (given !== '' || operator === '-')) return given;
    if (operator === ':?') throw new Error(`${name}: ${otherwise}`);
    return otherwise;
  });
}
