/** What somebody reads first: has it drifted, since when, how badly, against what. */

import { countText } from '../../core/performance/metrics.ts';
import type { Level } from '../../core/verdict.ts';
import { besideItems, type Beside } from '../beside-list.ts';
import { html, type Html, type Part } from '../html.ts';
import { definition } from '../definition.ts';
import { formatCount } from '../numbers.ts';
import { columnCounts } from './column-counts.ts';
import type { DriftReport, ReportedColumn, ReportedSide } from './drift-report.ts';
import { levelMark } from '../level-mark.ts';
import { shorten } from '../names.ts';
import { worstFirst } from '../worst-first.ts';
import { isLoud, sinceInWords } from '../since.ts';

/** A longer reason, such as one that names 200 columns, is folded after its beginning. */
const longestReason = 320;

/** The verdict, whatever else was found, and what was compared. */
export function header(report: DriftReport): Html {
  const { title, reference, current, origin = {}, verdict, since, columns } = report;
  return html`<header>
    <p class="kicker">Data drift</p>
    <h1><bdi>${title}</bdi></h1>
    <div class="verdict ${verdict.level}">
      <p class="headline">
        <b>${levelMark(verdict.level, headline(report))}</b
        >${since !== undefined && ` ${sinceInWords(since)}`}
      </p>
      ${reasonOf(verdict.reason)}
      <ul class="beside">
        ${besideItems(besides(report))}
      </ul>
    </div>
    <dl class="sides">
      ${definition('Current', side(current))} ${definition('Reference', side(reference))}
      ${definition(
        'Columns',
        columnCounts(columns).map((counts, i) => [i > 0 && html`<br />`, counts]),
      )}
      ${Object.entries(origin).map(([name, text]) => definition(name, text))}
    </dl>
  </header>`;
}

/**
 * The verdict in a few words. What has not drifted as a whole may have columns that have.
 *
 * @example 'Drift', 'No drift of the whole: 2 columns drifted'
 */
export function headline({ verdict: { level }, columns }: DriftReport): string {
  if (level === 'critical') return 'Critical drift';
  if (level === 'warning') return 'Drift';
  if (level === 'insufficient-data') return 'Not judged';
  const drifted = columns.filter(({ verdict, counted }) => counted && isLoud(verdict.level)).length;
  if (drifted === 0) return 'No drift';
  return `No drift of the whole, but ${drifted === 1 ? '1 column has' : `${formatCount(drifted)} columns have`} drifted`;
}

/** What was found beside the columns, with the section that says more. */
function besides({ quality, segments = [], together = [], columns }: DriftReport): readonly Beside[] {
  const changed = together.filter(({ verdict }) => isLoud(verdict.level));
  const drifted = segments.filter(({ verdict }) => isLoud(verdict.level)).map(({ name }) => name);
  return [
    quality !== undefined && { place: 'quality', name: 'Data quality', ...quality.verdict },
    together.length > 0 && {
      place: 'together',
      name: 'All features together',
      level: worstOf(together.map(({ verdict }) => verdict.level)),
      reason: `a change by ${changed.length} of ${countText(together.length, 'method')}${changed.length > 0 && columns.some(isDriftedFeature) ? '; it counts for the verdict only where no feature has drifted' : ''}`,
    },
    segments.length > 0 && {
      place: 'segments',
      name: 'Segments',
      level: worstOf(segments.map(({ verdict }) => verdict.level)),
      reason: `${drifted.length} of ${segments.length} drifted${drifted.length > 0 ? `: ${drifted.join(', ')}` : ''}`,
    },
  ].filter((beside) => beside !== false);
}

function isDriftedFeature({ subject, counted, verdict }: ReportedColumn): boolean {
  return subject === 'feature' && counted && isLoud(verdict.level);
}

function worstOf(levels: readonly Level[]): Level {
  return worstFirst(levels, (level) => level)[0]!;
}

function reasonOf(reason: string): Part {
  if (reason.length <= longestReason) return html`<p>${reason}</p>`;
  return html`<p>${shorten(reason, longestReason)}</p>
    <details>
      <summary>All of it</summary>
      <p>${reason}</p>
    </details>`;
}

function side({ description, rows }: ReportedSide): Html {
  return html`<bdi>${description}</bdi><br /><span class="muted"
      >${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}</span
    >`;
}
