/** Whether a column of a table becomes a feature, of which kind, and why. */

import type { FeatureKind } from '../../core/monitor/schema.ts';
import { countText } from '../../core/performance/metrics.ts';
import { numberText } from '../../core/quality/range.ts';
import { nameOf } from '../ingest/usual-names.ts';
import { quoted } from '../quoted.ts';
import { mostCountedLevels, mostListedLevels, type ColumnFacts } from './column-facts.ts';

export interface Feature {
  readonly kind: FeatureKind;
  /** What was seen. */
  readonly seen: string;
  /** It could as well be something else: why it is this, and how to change it. */
  readonly doubt?: string;
}

export type KindOrReason = Feature | { readonly reason: string };

/** Names that Tidewatch gives to what is logged beside the features. */
const reserved = ['prediction', 'confidence', 'actual'];

/** Each level was seen so many times on average: then whole numbers are likelier codes than amounts. */
const rowsPerLevel = 10;
/** More characters than this are text that somebody wrote. */
const longText = 50;
/** Of so few different values a person asks whether they are codes. */
const fewWhole = 100;
const mostlyMissing = 0.5;

/** Its kind as a feature, or why it is none. */
export function featureKind(facts: ColumnFacts): KindOrReason {
  const { name, kind, levels, levelCount = 0, isUnique, isWhole, seen, meanLength = 0 } = facts;
  const present = seen === undefined ? Infinity : seen.rows - seen.missing;
  if (reserved.includes(name)) return { reason: 'it is logged beside the features' };
  if (kind === 'instant') return { reason: 'it is a date or time' };
  if (kind === 'unsupported') return { reason: 'its type cannot be watched' };
  if (seen !== undefined && seen.rows === seen.missing) return { reason: 'no row has a value' };
  if (isUnique === true && (kind === 'categorical' || isKey(facts)))
    return { reason: 'every value is different: a key?' };
  if (kind === 'categorical' && levels === undefined) {
    if (meanLength > longText)
      return {
        reason: `its texts have ${Math.round(meanLength)} characters on average: text statistics can be features`,
      };
    if (levelCount >= mostCountedLevels || levelCount > present / 2)
      return { reason: `${levelsOf(facts)} in ${countText(present, 'value')}: a key or free text?` };
  }
  const isFew = levels !== undefined && isWhole && present >= rowsPerLevel * levels.length;
  const isCategory = kind === 'categorical' || isFew;
  const seenText = [
    isCategory ? levelsOf(facts) : rangeOf(facts),
    ...(seen !== undefined && seen.missing > seen.rows * mostlyMissing
      ? [`${Math.round((100 * seen.missing) / seen.rows)}% missing`]
      : []),
  ].join(', ');
  const doubt = doubtOf(facts, isCategory, isFew);
  return {
    kind: isCategory ? 'categorical' : 'continuous',
    seen: seenText,
    ...(doubt !== undefined && { doubt }),
  };
}

/** Whole numbers that are all different: those that follow each other, or are called so. */
function isKey({ name, isWhole, range, levelCount = 0, seen }: ColumnFacts): boolean {
  if (!isWhole || range === undefined) return false;
  const count = seen === undefined ? levelCount : seen.rows - seen.missing;
  const isDense = range.max - range.min < 2 * count;
  return isDense || nameOf(name).words.some((word) => keyWords.includes(word));
}

const keyWords = ['id', 'key', 'uuid', 'no', 'nr', 'number', 'serial', 'index', 'row'];

function doubtOf(facts: ColumnFacts, isCategory: boolean, isFew: boolean): string | undefined {
  const { kind, levels, levelCount = 0, isWhole, range, notNumbers, written } = facts;
  if (notNumbers !== undefined) {
    const { count, example } = notNumbers;
    return `${countText(count, 'value')} are no numbers, for example ${quoted(example)}: rows that have one are rejected`;
  }
  if (written !== undefined) return `${written.text} is read as ${numberText(written.number)}`;
  if (levels?.length === 1) return 'the same in each row: it tells something only once it changes';
  if (isFew && levels !== undefined && levels.length > 2) {
    const values = range === undefined ? '' : ` from ${numberText(range.min)} to ${numberText(range.max)}`;
    return `whole numbers${values}, taken as codes; if they are amounts, write continuous`;
  }
  if (isCategory && levels === undefined) return 'many levels: if it is a key, leave it out';
  if (!isCategory && kind === 'continuous' && isWhole && levelCount > 2 && levelCount <= fewWhole)
    return `${levelCount} different whole numbers, taken as amounts; if they are codes, write categorical`;
  return undefined;
}

function levelsOf({ levels, levelCount = 0 }: ColumnFacts): string {
  if (levels !== undefined) return countText(levels.length, 'level');
  if (levelCount <= mostListedLevels) return `more than ${mostListedLevels} levels`;
  return levelCount >= mostCountedLevels
    ? `more than ${mostCountedLevels - 1} levels`
    : `${levelCount} levels`;
}

function rangeOf({ range }: ColumnFacts): string {
  return range === undefined ? '' : `${numberText(range.min)} to ${numberText(range.max)}`;
}
