/**
 * The catalog of errors: a stable code, what happened and what to do. `{name}` is filled from the details, `{count problem}`
 * with a count and its noun: `1 problem`, `2 problems`.
 * `retryable: false` means that the same input fails again: Temporal must not retry it.
 */
export const errorCatalog = {
  INVALID_INPUT: {
    retryable: false,
    message: '{workflow}: the input is not valid. {problems} Write for example {example}.',
  },
  INVALID_INSTANT: {
    retryable: false,
    message:
      '"{instant}" is not an instant. Write ISO 8601 with an offset, for example "2011-05-20T00:00:00Z".',
  },
  INVALID_DURATION: {
    retryable: false,
    message: '"{duration}" is not a duration. Write a number and s, m, h, d or w, for example "7d".',
  },
  REVERSED_WINDOW: {
    retryable: false,
    message: 'The window ends at {end}, not after its start {start}. Swap the two, or move the end.',
  },
  UNALIGNED_WINDOW: {
    retryable: false,
    message: 'The window {start} to {end} is not on full UTC hours. Write for example {suggestion}.',
  },
  UNKNOWN_MODEL: {
    retryable: false,
    message:
      'No monitor watches the model "{model}". Known models: {known}. Add monitors/{model}.yaml and run `tidewatch apply`.',
  },
  MODEL_OF_ANOTHER_TEAM: {
    retryable: false,
    message:
      'This user may not use the rows of "{model}": its monitor names another team, or no monitor watches it yet. Connect as a member of its team, or set `team:` in monitors/{model}.yaml and run `tidewatch apply`.',
  },
  CONSOLE_TEAMS_TOGETHER: {
    retryable: false,
    message:
      'You may see only the models of {teams}, but the database does not keep teams apart for {user}. Run `tidewatch migrate --teams` as the owner, and connect the console as a member of tidewatch_console.',
  },
  MISSPELT_MODEL: {
    retryable: false,
    message: 'No monitor watches the model "{model}". Did you mean "{near}"? Known models: {known}.',
  },
  INVALID_MONITOR: {
    retryable: false,
    message: 'The monitors have {count problem}; nothing was stored.\n{problems}',
  },
  UNREADABLE_MONITOR: {
    retryable: false,
    message:
      'The stored monitor of "{model}" cannot be read: {problems}. Another version of Tidewatch stored it, or it was changed in Postgres. Run `tidewatch apply` with its file, or update this installation to that version; other models go on.',
  },
  INVALID_RULES: {
    retryable: false,
    message: 'The rules have {count problem}; nothing was tried.\n{problems}',
  },
  INVALID_EXPECTATIONS: {
    retryable: false,
    message: 'The expectations have {count problem}; nothing was checked.\n{problems}',
  },
  SCHEDULE_REFUSED: {
    retryable: false,
    message:
      'The schedules cannot be made to match the monitors; correct this and run `tidewatch apply` again:\n{problems}',
  },
  INVALID_CONFIGURATION: {
    retryable: false,
    message: 'The environment has {count problem}:\n{problems}',
  },
  UNKNOWN_SCHEDULE: {
    retryable: false,
    message:
      'Temporal has no schedule {scheduleId}. Check that its process is enabled in the monitor of "{model}", then run `tidewatch apply`.',
  },
  INVALID_PROFILE: {
    retryable: false,
    message:
      'A stored profile cannot be read: {reason}. Delete the rows of its reference in `profiles` and run driftDetection again.',
  },
  INVALID_SUMMARY: {
    retryable: false,
    message:
      'Stored summaries of outcomes cannot be used: {reason}. Run `tidewatch reprocess` over their hours.',
  },
  STORAGE_BUSY: {
    retryable: true,
    message:
      "Partitions could not be changed: other transactions held the tables on all {tries} tries. It will be retried. If this persists, see who holds them: select pid, state, query from pg_stat_activity where wait_event_type is distinct from 'Activity'.",
  },
  MODEL_IN_USE: {
    retryable: false,
    message: '"{model}" is in use, so nothing is deleted now:\n{problems}',
  },
  NOTHING_TO_FORGET: {
    retryable: false,
    message: 'Nothing is stored about a model "{model}". {hint}Models with stored data: {known}.',
  },
  NOT_THE_OWNER: {
    retryable: false,
    message:
      'Only "{owner}", who owns the tables, may {what}; you connect as "{user}". Set DATABASE_URL as for `tidewatch migrate`.',
  },
  MODEL_BUSY: {
    retryable: true,
    message:
      'Others held rows of "{model}" on all {tries} tries; what was deleted stays deleted. Run `tidewatch forget {model}` again to continue. If this persists, see who holds them: select pid, state, query from pg_stat_activity where wait_event_type is distinct from \'Activity\'.',
  },
  MODEL_STILL_WRITTEN: {
    retryable: true,
    message:
      'Rows of "{model}" are still being written to {tables}; what was deleted stays deleted. Stop whatever logs or loads them, then run `tidewatch forget {model}` again to continue.',
  },
  FORGETTING_UNDER_WAY: {
    retryable: true,
    message:
      'Another `tidewatch forget {model}` is under way. Wait for it, or end it where it was started; run again, it continues.',
  },
  ROWS_REMOVED: {
    retryable: false,
    message:
      '{what} of "{model}" cannot be recomputed: its rows from {start} to {end} were removed when their retention ended. Stored results stay as they are. Name a window that begins at {end} or later.',
  },
  HOURS_ROLLED_UP: {
    retryable: false,
    message:
      'Drift of "{model}" cannot be computed for {start} to {end}: it needs {needed}. Name a window {that}.',
  },
  OVERTAKEN: {
    retryable: true,
    message:
      'The drift of "{model}" was computed {tries} times, and each time other runs had changed its input. It will be retried.',
  },
  INVALID_STATISTIC_INPUT: { retryable: false, message: '{statistic}: {reason}.' },
  NO_RETRAINING_POLICY: {
    retryable: false,
    message:
      'The monitor of "{model}" has no `retraining` section, so there is no trainer to ask. Add one and run `tidewatch apply`.',
  },
  CHAMPION_CHANGED: {
    retryable: false,
    message:
      'The champion of "{model}" is {champion} now, but the challenger was compared with {compared}. Start `retraining` again to compare it with {champion}.',
  },
  UNKNOWN_RETRAINING: {
    retryable: false,
    message: 'The model "{model}" has no retraining {retrainingId}. List them with `tidewatch retrainings`.',
  },
  VERSION_NOT_RESTORED: {
    retryable: false,
    message:
      'No version of "{model}" was restored: {reason}. See what has served with `tidewatch retrainings --model {model}`.',
  },
  RETRAINING_NOT_CHANGED: {
    retryable: false,
    message: 'The retraining {retrainingId} of "{model}" was not changed: {reason}.',
  },
  SCHEMA_BEHIND: {
    retryable: true,
    message:
      'The database is at migration {actual}, but this code needs {expected}. Run `tidewatch migrate`.',
  },
  SCHEMA_AHEAD: {
    retryable: false,
    message:
      'The database is at migration {actual}, newer than this code knows ({expected}), and {reason}. Deploy the newer Tidewatch.',
  },
  MIGRATION_CHANGED: {
    retryable: false,
    message:
      'Migration {id} was edited after it was applied. Restore its file in sql/migrations; write a new migration instead.',
  },
  MIGRATION_LOCKED: {
    retryable: true,
    message:
      'The tables to migrate were in use on all {tries} tries; nothing was changed. Open transactions: {holders}. Let them end, or end them with select pg_terminate_backend(<process>), then run `tidewatch migrate` again.',
  },
  POSTGRES_UNREACHABLE: {
    retryable: true,
    message: 'Postgres at {address} does not answer ({reason}). Start it, or set DATABASE_URL.',
  },
  POSTGRES_PASSWORD_MISSING: {
    retryable: false,
    message:
      'Postgres at {address} asks for a password, and DATABASE_URL has none. Write postgres://<user>:<password>@{address}.',
  },
  TEMPORAL_UNREACHABLE: {
    retryable: true,
    message: 'Temporal at {address} does not answer ({reason}). Start it, or set TEMPORAL_ADDRESS.',
  },
  PUSHGATEWAY_UNREACHABLE: {
    retryable: true,
    message:
      'The Pushgateway at {address} does not accept metrics ({reason}). Start it, or correct PUSHGATEWAY_URL; without that variable nothing is pushed.',
  },
  TRAINER_UNREACHABLE: {
    retryable: true,
    message:
      'The trainer at {address} does not answer ({reason}). Start it, or correct `retraining.trainer.url`.',
  },
  TRAINER_REFUSED: {
    retryable: false,
    message:
      'The trainer at {address} refused the training ({reason}). Read its log, then start `retraining` again.',
  },
  PROMOTION_HOOK_FAILED: {
    retryable: true,
    message:
      'The promotion hook of "{model}" could not {action} version {version} ({reason}). It will be retried.',
  },
  PROMOTION_HOOK_REFUSED: {
    retryable: false,
    message:
      'The promotion hook of "{model}" refused to {action} version {version} ({reason}). Read the log of the serving system, then start `retraining` again.',
  },
  PROMOTION_HOOK_UNSIGNED: {
    retryable: true,
    message:
      'Calls to the promotion hook of "{model}" are signed, but the worker has no secret. Set PROMOTION_HOOK_SECRET or PROMOTION_HOOK_SECRET_FILE and restart the worker.',
  },
  MLFLOW_UNREACHABLE: {
    retryable: true,
    message:
      'MLflow at {address} does not answer ({reason}). It will be updated at the next step; check that it runs.',
  },
  MLFLOW_REFUSED: {
    retryable: false,
    message:
      'MLflow at {address} refused a request ({reason}). Check `retraining.registry.mlflow` in the monitor and what the server allows.',
  },
  TRAINER_ANSWER_UNREADABLE: {
    retryable: false,
    message:
      'The answer of {trainer} cannot be read: {reason}. docs/trainers.md says what a trainer answers.',
  },
  CHALLENGER_NOT_NEW: {
    retryable: false,
    message:
      'The trainer of "{model}" named its challenger {version}, a version that exists already ({stage}). Give each training a new version.',
  },
  TRAINER_CHANGED: {
    retryable: false,
    message:
      'The monitor of "{model}" names another kind of trainer ({kind}) than when this retraining began. Start `retraining` again.',
  },
  TRAINER_SETTING_MISSING: {
    retryable: false,
    message:
      'The trainer of "{model}" needs {variable}, which is not set here, so it was not called. Set it or {variable}_FILE; a worker must be restarted.',
  },
  COMMANDS_NOT_ALLOWED: {
    retryable: false,
    message:
      'The monitor of "{model}" names a command, but this worker runs none. If everyone who writes monitors may run programs on it, set TIDEWATCH_ALLOW_COMMANDS=true and restart the worker.',
  },
  HISTORY_TOO_SHORT: {
    retryable: false,
    message: 'The history of "{model}" is too short to replay: {reason}.',
  },
  SIMULATION_RUNNING: {
    retryable: false,
    message: 'Another simulation of "{model}" is under way. Wait for it, or end it where it was started.',
  },
  SIMULATION_STOPPED: {
    retryable: false,
    message: 'The simulation of "{model}" was stopped; what its trainer had stored was deleted.',
  },
  SIMULATED_TRAINING_FAILED: {
    retryable: false,
    message:
      'The trainer of "{model}" gave no version for {training}: {reason}. The simulation ended; nothing of it was kept.',
  },
  SIMULATED_VERSION_NAME: {
    retryable: false,
    message:
      'The trainer of "{model}" named a simulated version "{version}". If `purpose` is simulation, begin its name with `simulation-`, as `retrainingId` does, to tell it apart from those that serve. {deleted} of its predictions were deleted.',
  },
  SIMULATED_VERSION_SILENT: {
    retryable: false,
    message:
      'Version {version} of the trainer of "{model}" predicted only {predicted} of the {rows} rows of {holdout} that have an outcome{rejection}. With `purpose` simulation, too, a trainer must predict every row of `holdout` and log it with role `shadow` before it answers.',
  },
  SOURCE_NOT_CONFIGURED: {
    retryable: true,
    message:
      'The source of "{model}" needs {variable}, which the worker does not have. Set it{file} and restart the worker.',
  },
  SOURCE_UNREACHABLE: {
    retryable: true,
    message: 'The source {source} of "{model}" does not answer ({reason}). Start it, or correct {variable}.',
  },
  SOURCE_UNREADABLE: {
    retryable: false,
    message:
      'The source {source} of "{model}" cannot be read as its monitor says:\n{problems}\nCorrect the source, or correct `source` in the monitor and run `tidewatch apply`. Rows read before are kept; the next run continues from there.',
  },
  SOURCE_BUSY: {
    retryable: true,
    message: 'Another run is reading the source of "{model}". It will be retried.',
  },
  DELIVERY_FAILED: {
    retryable: true,
    message: '{channel} did not accept the message of alert {alertKey} ({reason}). It will be retried.',
  },
  DELIVERY_REFUSED: {
    retryable: false,
    message:
      '{channel} refuses the message of alert {alertKey} ({reason}). Retrying cannot succeed: correct {setting}.',
  },
  REPORT_NOT_SENT: {
    retryable: true,
    message: 'The mail server did not accept the report of "{model}" ({reason}). It will be retried.',
  },
  REPORT_CHANNEL_NOT_CONFIGURED: {
    retryable: true,
    message:
      'The report of "{model}" goes by e-mail, which is not configured. Set SMTP_URL and restart the worker.',
  },
  CHANNEL_NOT_CONFIGURED: {
    retryable: true,
    message:
      'Alert {alertKey} is routed to {channel}, which is not configured. Set {setting} and restart the worker.',
  },
  UNKNOWN_ALERT: {
    retryable: false,
    message: 'There is no alert "{alertKey}". {hint}List them with `tidewatch alerts --all`.',
  },
  ALERT_NOT_CHANGED: { retryable: false, message: 'Alert {alertKey} was not changed: {reason}.' },
  OIDC_UNREACHABLE: {
    retryable: true,
    message:
      '{issuer} does not answer as an OpenID provider ({reason}). Try again; if this persists, whoever runs the console must check TIDEWATCH_OIDC_ISSUER.',
  },
  OIDC_WRONG_ISSUER: {
    retryable: false,
    message:
      'The OpenID provider at {issuer} calls itself {reason}. Whoever runs the console must set TIDEWATCH_OIDC_ISSUER to exactly that.',
  },
  OIDC_CLIENT_REFUSED: {
    retryable: false,
    message:
      '{issuer} does not accept the console as a client ({reason}). Whoever runs the console must check TIDEWATCH_OIDC_CLIENT_ID and TIDEWATCH_OIDC_CLIENT_SECRET.',
  },
  OIDC_REFUSED: { retryable: false, message: '{issuer} did not sign you in: {reason}.' },
  OIDC_CODE_SPENT: {
    retryable: false,
    message: 'This sign-in was already used, or came back to {issuer} too late. Sign in again.',
  },
  OIDC_UNTRUSTED: {
    retryable: false,
    message:
      'The answer of {issuer} cannot be trusted ({reason}), so nobody was signed in. Sign in again; if this persists, tell whoever runs the console.',
  },
  OIDC_NO_ROLE: {
    retryable: false,
    message:
      'You are signed in as {name}, who may not look at this console: {reason}. Ask whoever runs it to be let in (TIDEWATCH_OIDC_VIEWERS, TIDEWATCH_OIDC_OPERATORS).',
  },
  SIGN_IN_UNKNOWN: {
    retryable: false,
    message:
      'This browser did not begin this sign-in, or began another one after it. Sign in again; the console needs cookies for that.',
  },
  SIGN_IN_EXPIRED: {
    retryable: false,
    message: 'The sign-in took longer than {minutes} minutes. Sign in again.',
  },
  UPDATE_REFUSED: { retryable: false, message: '{reason}' },
  UPDATE_UNANSWERED: {
    retryable: true,
    message:
      'No worker answered within {seconds} s. It may still be done: look again, and check that `tidewatch worker` runs with the task queue {taskQueue}.',
  },
  RUN_FAILED: {
    retryable: false,
    message: '{workflowId} failed: {reason}. Correct this and start it again; what it had done is kept.',
  },
  INVALID_OPTION: { retryable: false, message: '{option}: {reason}.' },
  ROWS_WAIT: {
    retryable: true,
    message:
      'Postgres does not accept logged rows ({reason}). They wait {where} and are sent again until it does.',
  },
  ROWS_LOST: {
    retryable: false,
    message: '{rows logged row} lost: {reason}.',
  },
  SPOOL_FULL: {
    retryable: true,
    message:
      'The spool in {directory} is full. Rows wait in memory; if that fills up, too, some are lost: see why Postgres does not accept them.',
  },
  SPOOL_FAILED: {
    retryable: true,
    message:
      'Rows cannot be written to the spool in {directory} ({reason}). They wait in memory; free space, or let this process write there.',
  },
  UNREADABLE_TABLE: {
    retryable: false,
    message: '{file} cannot be read as a table: {reason}. Give a CSV or Parquet file with named columns.',
  },
  UNKNOWN_TABLE_COLUMN: {
    retryable: false,
    message: '{file} has no column "{column}". Its columns: {known}.',
  },
  UNCLEAR_COLUMNS: {
    retryable: false,
    message:
      '{file}: it is not clear which column is what; nothing was stored.\n{problems}\nColumns: {columns}.',
  },
  NOTHING_STORABLE: {
    retryable: false,
    message:
      '{file}: none of the first {rows row} can be stored, so nothing was. Line {line}: {reason}. Correct the file, or say with --map which column is what.',
  },
  EMPTY_TABLE: {
    retryable: false,
    message:
      '{file} has no rows, so there is nothing to profile. With --like, even a file without rows has a profile.',
  },
  UNREADABLE_PROFILE_FILE: {
    retryable: false,
    message:
      '{file} cannot be read as a profile: {reason}. Give a file written by `tidewatch profile write`.',
  },
  PROFILES_NOT_ALIKE: {
    retryable: false,
    message:
      '{file} does not fit {other}: {reason}. Write it again with `tidewatch profile write --like {other}`.',
  },
  FILE_EXISTS: {
    retryable: false,
    message: '{file} already exists. Name another file with --output, or replace it with --force.',
  },
  CONNECTION_REFUSED: {
    retryable: true,
    message:
      '{what} at {address} and this side do not trust each other: {reason}. {remedy}; see docs/security.md.',
  },
  ROLES_REFUSED: {
    retryable: false,
    message:
      'The roles cannot be created: {reason}. Let a user who may create roles run `create role` for each missing one; then run `tidewatch migrate --roles` as "{owner}", who owns the tables. Missing now:\n{statements}',
  },
  UNWRITABLE_FILE: {
    retryable: false,
    message: '{file} cannot be written: {reason}. Check its directory.',
  },
} as const satisfies Record<string, { readonly retryable: boolean; readonly message: string }>;

export type ErrorCode = keyof typeof errorCatalog;
type Details = Readonly<Record<string, string | number>>;

/**
 * What an error of the catalog says with these details.
 *
 * @example messageOf('INVALID_RULES', { count: 1, problems: 'rules.yaml:1:1 is empty' })
 * // 'The rules have 1 problem; nothing was tried.\nrules.yaml:1:1 is empty'
 */
export function messageOf(code: ErrorCode, details: Details): string {
  return errorCatalog[code].message.replaceAll(
    /\{(\w+)(?: ([\w ]+))?\}/g,
    (whole, name: string, noun: string | undefined) => {
      const value = details[name] ?? whole;
      return noun === undefined ? String(value) : `${value} ${noun}${value === 1 ? '' : 's'}`;
    },
  );
}

/**
 * An error of the catalog: what happened, which input, what to do.
 *
 * @example new TidewatchError('INVALID_DURATION', { duration: 'soon' }).message
 * // '"soon" is not a duration. Write a number and s, m, h, d or w, for example "7d".'
 */
export class TidewatchError extends Error {
  override readonly name = 'TidewatchError';
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details = {}, options?: { cause?: unknown }) {
    super(messageOf(code, details), options);
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return errorCatalog[this.code].retryable;
  }
}

/**
 * The shortest words for anything thrown: a message, with its cause where there is one.
 *
 * @example reasonOf(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })) // 'connect ECONNREFUSED'
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What fetch throws says nothing; its cause does.
  if (error.message === 'fetch failed' && error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join('; ');
  return error.message || error.name;
}
