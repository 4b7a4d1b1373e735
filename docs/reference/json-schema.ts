/** The schemas of what people write in YAML, as JSON Schema: editors complete and check by it, the reference is made of it. */

import { z } from 'zod';

import { installationSettingsSchema } from '../../core/alert/installation-settings.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';

/** The part of a JSON Schema that zod writes and the reference reads. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

function jsonSchema(title: string, schema: z.ZodType): JsonSchema {
  return { title, ...(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema) };
}

export const monitorJsonSchema = jsonSchema(
  'A monitor: the configuration of one watched model',
  monitorSchema,
);

export const alertsJsonSchema = jsonSchema(
  'alerts.yaml: what holds for the alerts of all monitors',
  installationSettingsSchema,
);
