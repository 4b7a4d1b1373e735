import { changeText } from '../../core/alert/alert-words.ts';
import type { AlertChangeName } from '../../core/alert/change.ts';
import { TidewatchError } from '../../core/errors.ts';
import { changeAlert as sendChange } from '../../worker/change-alert.ts';
import { userName } from '../../worker/user-name.ts';
import { problemsOfUpdate } from '../../workflows/alert-updates.ts';
import { withDatabase } from '../database.ts';
import { requireValidUpdate } from '../require-valid-update.ts';
import { updateSettings } from '../update-settings.ts';
import { requireAlert } from './require-alert.ts';
import { print, printJson, printable } from '../print.ts';

export interface ChangeOptions {
  readonly change: AlertChangeName;
  readonly by?: string;
  readonly note?: string;
  readonly for?: string;
  readonly until?: string;
  readonly json?: true;
}

/** `tidewatch alerts acknowledge`, `snooze`, `resolve` and `comment`. */
export async function changeAlert(
  alertKey: string,
  { change, json, by = userName(), ...request }: ChangeOptions,
): Promise<void> {
  if (change === 'snooze' && (request.for === undefined) === (request.until === undefined)) {
    const reason = 'write either --for, such as 4h, or --until, such as 2026-02-03T09:00:00Z';
    throw new TidewatchError('INVALID_OPTION', { option: '--for', reason });
  }
  requireValidUpdate(`alerts ${change}`, problemsOfUpdate(change, { ...request, by }));
  const { model } = await withDatabase('tidewatch-alerts', (database) => requireAlert(database, alertKey));
  const alert = await sendChange(updateSettings(), { model, alertKey, change, request: { ...request, by } });
  if (json) printJson(alert);
  else print(`${printable(alertKey)}: ${changeText(change, printable(alert))}`);
}
