/**
 * The tables that are of the installation and not of one model, each with the reason. Every other table has the model in its
 * primary key, unique indexes and foreign keys, so that a distributed database can place rows by it; these are copied to every
 * node (Citus: reference tables). A test holds this list against the catalog.
 */
export const installationTables = {
  schema_migrations: 'one row a migration, written once a release',
  installation_settings: 'what holds for all monitors: alerts.yaml',
  alert_messages: 'one message tells of alerts of several models, and its budget is that of a mailbox',
  audit_events: 'people also sign in and are refused, which is about no model',
} as const satisfies Readonly<Record<string, string>>;
