/** What to look at next, told by what was found together. */

import { html, type Html, type Part } from '../html.ts';
import type { DriftReport, ReportedColumn } from './drift-report.ts';
import { shorten, visibleName } from '../names.ts';
import { hasDetails, type PlacedColumn } from './overview.ts';
import { isLoud } from '../since.ts';

/** So many columns are named to begin with. */
const firstColumns = 3;

/** In the order in which they are worth doing; nothing where nothing has drifted. */
export function nextSteps(report: DriftReport, placed: readonly PlacedColumn[]): Part {
  const drifted = placed.filter(({ column: { verdict, counted } }) => counted && isLoud(verdict.level));
  const features = drifted.filter(({ column }) => column.subject === 'feature');
  const steps = [
    faultyColumns(report, drifted),
    firstFeatures(features),
    ...outputs(report.columns, features.length > 0),
    segmentsApart(report),
    togetherOnly(report, features.length > 0),
  ].filter((step) => step !== undefined);
  return (
    steps.length > 0 &&
    html`<section aria-labelledby="next">
      <h2 id="next">Where to look next</h2>
      <ol class="next">
        ${steps.map((step) => html`<li>${step}</li>`)}
      </ol>
    </section>`
  );
}

function faultyColumns({ quality }: DriftReport, drifted: readonly PlacedColumn[]): Html | undefined {
  const failed = quality?.checks.filter(({ level, counted = true }) => counted && isLoud(level)) ?? [];
  if (failed.length === 0) return undefined;
  const checks = html`<a href="#quality">data-quality checks</a>`;
  const both = drifted.filter(({ column }) => failed.some((check) => check.column === column.name));
  if (both.length === 0) return html`See what the ${checks} found.`;
  return html`${links(both)} drifted and failed ${checks} too: one fault in the data may explain both.`;
}

function firstFeatures(features: readonly PlacedColumn[]): Html | undefined {
  if (features.length === 0) return undefined;
  if (features.length <= firstColumns)
    return html`The ${features.length === 1 ? 'feature' : 'features'} that drifted: ${links(features)}.`;
  const first = features.slice(0, firstColumns);
  const why = first.every(({ column }) => column.weight !== undefined)
    ? 'worst and most important to the model'
    : 'worst and furthest beyond what matters';
  const names = links(first);
  if (!first.every(({ column }) => hasDetails(column)))
    return html`${features.length} columns have drifted, ${names} among them.`;
  return html`Begin with ${names}: of the ${features.length} columns that drifted, they are the ${why}.`;
}

function outputs(columns: readonly ReportedColumn[], featuresDrifted: boolean): readonly Html[] {
  const levelOf = (subject: ReportedColumn['subject']): string | undefined =>
    columns.find((column) => column.subject === subject && column.counted)?.verdict.level;
  const [prediction, actual] = [levelOf('prediction'), levelOf('actual')];
  const drifted = (level: string | undefined): boolean => level === 'warning' || level === 'critical';
  const steps: Html[] = [];
  if (drifted(prediction)) {
    steps.push(
      featuresDrifted
        ? html`The predictions have moved with the features: hold the performance of this window against its
          limits.`
        : html`The predictions have moved, and no feature has: look for another model version, or for an input
          that is not watched.`,
    );
  } else if (prediction === 'ok' && featuresDrifted) {
    steps.push(html`The predictions have not moved: the model hardly answers to this drift.`);
  }
  if (drifted(actual)) {
    steps.push(html`The actuals have moved: what the model has learned may not hold any more.`);
  }
  return steps;
}

function segmentsApart({ verdict, segments = [] }: DriftReport): Html | undefined {
  const drifted = segments.filter((segment) => isLoud(segment.verdict.level)).length;
  const calm = segments.filter((segment) => segment.verdict.level === 'ok').length;
  const of = (count: number): Html =>
    html`${count} of ${segments.length} <a href="#segments">segments</a> ${count === 1 ? 'has' : 'have'}`;
  if (drifted === 0) return undefined;
  if (!isLoud(verdict.level)) return html`${of(drifted)} drifted, which the whole hides.`;
  return calm === 0 ? undefined : html`${of(calm)} not drifted: what sets them apart may be the cause.`;
}

function togetherOnly({ together = [] }: DriftReport, featuresDrifted: boolean): Html | undefined {
  if (featuresDrifted || !together.some(({ verdict }) => isLoud(verdict.level))) return undefined;
  return html`No feature has drifted for itself, but <a href="#together">all of them together</a> have.`;
}

function links(placed: readonly PlacedColumn[]): Part {
  const named = placed
    .slice(0, firstColumns)
    .map(({ id, column }) => html`<a href="#${id}"><bdi>${shorten(visibleName(column.name), 60)}</bdi></a>`);
  const rest = placed.length - named.length;
  const parts = rest > 0 ? [...named, `${rest} more`] : named;
  return parts.map((part, i) => [i > 0 && (i === parts.length - 1 ? ' and ' : ', '), part]);
}
