/** What the console can have done. It knows no Temporal: whoever starts it hands this in (see worker/console-actions.ts). */

import type { AlertChangeName } from '../../core/alert/change.ts';
import type { AlertName, AlertView } from '../../core/alert/stored-alert.ts';
import type { RetrainingChangeName, RetrainingView } from '../../core/retraining/change.ts';

/** What a form says of an action, beside who sent it. */
export interface ActionWords {
  readonly by: string;
  readonly note?: string;
  /** How much longer, such as 4h. */
  readonly for?: string;
  /** An instant. */
  readonly until?: string;
  /** How things stood on the page that the form was on: the same form sent twice is done once. */
  readonly seen: string;
}

export interface AlertAction extends AlertName {
  readonly change: AlertChangeName;
  /** With `since`: since when the alert had been in its state. Whoever was quicker has it. */
  readonly words: ActionWords & { readonly since?: string };
}

export interface RetrainingAction {
  readonly model: string;
  readonly retrainingId: string;
  readonly change: RetrainingChangeName;
  readonly words: ActionWords;
}

/** Each throws a `TidewatchError` that says why something was not done. */
export interface ConsoleActions {
  readonly changeAlert: (action: AlertAction) => Promise<AlertView>;
  readonly changeRetraining: (action: RetrainingAction) => Promise<RetrainingView>;
}
