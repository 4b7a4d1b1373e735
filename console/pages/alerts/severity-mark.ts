import type { Severity } from '../../../core/alert/alert.ts';
import { html, type Html } from '../../html.ts';
import { levelMark } from '../../level-mark.ts';

/** As verdicts have it; what is to be known only has no shape of theirs. */
export function severityMark(severity: Severity): Html {
  return severity === 'info' ? html`<span class="info">Info</span>` : levelMark(severity);
}
