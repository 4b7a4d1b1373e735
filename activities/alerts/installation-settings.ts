/** What holds for all monitors, as it was applied. */

import { installationSettingsSchema } from '../../core/alert/installation-settings.ts';
import type { InstallationSettings } from '../../core/alert/installation-settings.ts';
import type { Queryable } from '../../sql/database.ts';

/** The row of `alerts.yaml`. */
const name = 'alerts';

/** The stored settings as they are, for comparison: an older version may have written them. */
export async function findStoredSettings(
  connection: Queryable,
): Promise<{ readonly configuration: unknown; readonly configurationHash: string } | undefined> {
  const [row] = await connection.query<{ configuration: unknown; configurationHash: string }>(
    'select configuration, configuration_hash as "configurationHash" from installation_settings where name = $1',
    [name],
  );
  return row;
}

/** The settings with their defaults; so are those that another version wrote and this one cannot read, so that people are told. */
export async function readInstallationSettings(connection: Queryable): Promise<InstallationSettings> {
  const stored = await findStoredSettings(connection);
  const decoded = installationSettingsSchema.safeParse(stored?.configuration ?? {});
  return decoded.success ? decoded.data : installationSettingsSchema.parse({});
}

export async function upsertInstallationSettings(
  connection: Queryable,
  settings: InstallationSettings,
  hash: string,
): Promise<void> {
  await connection.execute(
    `insert into installation_settings (name, configuration, configuration_hash)
     values ($1, $2, $3)
     on conflict (name) do update
     set configuration = excluded.configuration, configuration_hash = excluded.configuration_hash, applied_at = excluded.applied_at
     where installation_settings.configuration_hash <> excluded.configuration_hash`,
    [name, JSON.stringify(settings), hash],
  );
}

export async function deleteInstallationSettings(connection: Queryable): Promise<void> {
  await connection.execute('delete from installation_settings where name = $1', [name]);
}
