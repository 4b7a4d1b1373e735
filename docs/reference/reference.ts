/** The reference: pages and schemas that are made from the code. */

import { commandsPage } from './commands.ts';
import { configurationPage } from './configuration.ts';
import { environmentPage } from './environment.ts';
import { errorsPage } from './errors.ts';
import { alertsJsonSchema, monitorJsonSchema } from './json-schema.ts';
import { metricsPage } from './metrics.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** File in this folder -> what it holds. */
export const reference: Readonly<Record<string, string>> = {
  'commands.md': commandsPage,
  'configuration.md': configurationPage,
  'metrics.md': metricsPage,
  'errors.md': errorsPage,
  'environment.md': environmentPage,
  'monitor.schema.json': json(monitorJsonSchema),
  'alerts.schema.json': json(alertsJsonSchema),
};
