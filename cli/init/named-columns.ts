/** Which columns of a table are no features, because they say what a row is about, what was predicted, and what came. */

import { chooseColumns, type ChoiceRequest, type LookAlike, type Unclear } from '../ingest/choose-columns.ts';
import { classOf, type Field } from '../ingest/fields.ts';
import { orOf, withArticle } from '../words.ts';

export interface NamedColumns {
  /** Field -> column, as they are named by options or usually called. */
  readonly fields: ReadonlyMap<Field, string>;
  readonly probabilities: readonly string[];
  readonly unclear: readonly Unclear[];
  readonly lookAlikes: readonly LookAlike[];
}

/**
 * @param given field -> column, as the options say
 * @param values what the values of columns look like, where they are known
 */
export function namedColumns(
  columns: readonly string[],
  given: Readonly<Partial<Record<Field, string>>>,
  values: Pick<ChoiceRequest, 'isTime' | 'isRole'> = { isTime: () => undefined, isRole: () => undefined },
): NamedColumns {
  const { found, unclear, lookAlikes } = chooseColumns({
    columns: columns.filter((name) => classOf(name, undefined, undefined) === undefined),
    given: new Map(Object.entries(given) as [Field, string][]),
    ...values,
  });
  const used = new Set(found.values());
  const probabilities = columns.filter((name) => !used.has(name) && classOf(name, undefined, undefined));
  return { fields: found, probabilities, unclear, lookAlikes };
}

const words: Readonly<Record<Field, string>> = {
  entity: 'it is the entity, what a row is about',
  event_time: 'it is the event time',
  issued_at: 'it is when the prediction was made',
  version: 'it is the version of the model',
  role: 'it is the role',
  prediction: 'it is the prediction',
  interval_low: 'it is an end of the interval of the prediction',
  interval_high: 'it is an end of the interval of the prediction',
  actual: 'it is the actual',
  recorded_at: 'it is when the actual became known',
};

/** The option of `init` that names the column of a field. */
export const optionOf: Readonly<Partial<Record<Field, string>>> = {
  entity: '--entity',
  event_time: '--time',
  prediction: '--prediction',
  actual: '--actual',
  issued_at: '--issued-at',
  recorded_at: '--recorded-at',
  version: '--version-column',
};

/** Column -> why it is no feature. */
export function leftOutColumns(named: NamedColumns): ReadonlyMap<string, string> {
  const { fields: found, probabilities, unclear, lookAlikes } = named;
  return new Map([
    ...lookAlikes
      .filter(({ isLikely }) => isLikely)
      .map(({ column, field }): [string, string] => [
        column,
        `it is called like ${withArticle(field)}; if it is a feature, write it like the others`,
      ]),
    ...unclear.flatMap(({ field, columns }) =>
      columns.map((column): [string, string] => [column, `it may be the ${field}${settledBy(field)}`]),
    ),
    ...[...found].map(([field, column]): [string, string] => [column, words[field]]),
    ...probabilities.map((column): [string, string] => [column, 'it is a probability']),
  ]);
}

function settledBy(field: Field): string {
  const option = optionOf[field];
  return option === undefined ? '' : `: ${option} settles it`;
}

/** What it hesitates about, for people. */
export function unclearText({ field, columns }: Unclear): string {
  const quoted = columns.map((column) => `"${column}"`);
  const option = optionOf[field];
  const way =
    option === undefined
      ? `map one of them with \`ingest --map <column>=${field}\``
      : `say ${option} <column>`;
  const until =
    field === 'entity' ? '; until then the number of its line stands for what a row is about' : '';
  return `the ${field} may be ${orOf(quoted)}, by their names: ${way}${until}`;
}
