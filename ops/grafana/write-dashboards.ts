/** `npm run dashboards`: writes the JSON that Grafana reads from the code beside it. */

import { writeFile } from 'node:fs/promises';

import { dashboards } from './dashboards/index.ts';

/** What a file holds: the same for the same code. */
export function textOf(dashboard: (typeof dashboards)[string]): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

if (import.meta.filename === process.argv[1]) {
  for (const [name, dashboard] of Object.entries(dashboards)) {
    await writeFile(new URL(`json/${name}.json`, import.meta.url), textOf(dashboard));
  }
}
