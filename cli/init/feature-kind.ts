/** Whether a column of a table becomes a feature, of which kind, and why. */

import type { FeatureKind } from '../../core/monitor/schema.ts';
import { countText } from '../../core/performance/metrics.ts';
import { numberText } from '../../core/quality/range.ts';
import { nameOf } from '../ingest/usual-names.ts';
import { quoted } from '../quoted.ts';
import { codesOrAmounts, type Judged } from './whole-numbers.ts';
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
  const { name, kind, levels, levelCount = 0, isUnique, seen, meanLength = 0 } = facts;
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
  const whole = kind === 'continuous' ? judgeWhole(facts, present) : undefined;
  const isCategory = kind === 'categorical' || whole?.are === 'codes';
  const seenText = [
    isCategory ? levelsOf(facts) : rangeOf(facts),
    ...(seen !== undefined && seen.missing > seen.rows * mostlyMissing ? [emptyText(seen)] : []),
  ].join('; ');
  const doubt = doubtOf(facts, isCategory, whole);
  return {
    kind: isCategory ? 'categorical' : 'continuous',
    seen: seenText,
    ...(doubt !== undefined && { doubt }),
  };
}

/** What an empty cell means only somebody who knows the data can say. */
function emptyText({ rows, missing }: NonNullable<ColumnFacts['seen']>): string {
  // A column with a few values is not empty in all rows.
  const share = Math.min(99, Math.round((100 * missing) / rows));
  return `empty in ${share}% of rows; if empty means something (no rain), write it as a value`;
}

/** Few values that come again; by its name a column of codes may have more of them. */
function judgeWhole(facts: ColumnFacts, present: number): Judged | undefined {
  const { name, isWhole, range, levels, levelCounts = [], levelCount = 0 } = facts;
  if (!isWhole || range === undefined) return undefined;
  const isRepeated = present >= rowsPerLevel * levelCount && levelCount < mostCountedLevels;
  const byValue = (levels ?? [])
    .map((level, index) => [Number(level), levelCounts[index] ?? 0] as const)
    .sort(([a], [b]) => a - b);
  const counts = levelCounts.length === 0 ? [] : byValue.map(([, count]) => count);
  const judged = codesOrAmounts({ name, range, counts, levels: levelCount });
  if (isRepeated && (levels !== undefined || judged.by === 'name')) return judged;
  return undefined;
}

/** Whole numbers that are all different: those that follow each other, or are called so. */
function isKey({ name, isWhole, range, levelCount = 0, seen }: ColumnFacts): boolean {
  if (!isWhole || range === undefined) return false;
  const count = seen === undefined ? levelCount : seen.rows - seen.missing;
  const isDense = range.max - range.min < 2 * count;
  return isDense || nameOf(name).words.some((word) => keyWords.includes(word));
}

const keyWords = ['id', 'key', 'uuid', 'no', 'nr', 'number', 'serial', 'index', 'row'];

function doubtOf(facts: ColumnFacts, isCategory: boolean, whole: Judged | undefined): string | undefined {
  const { kind, levels, levelCount = 0, isWhole, notNumbers, written } = facts;
  if (notNumbers !== undefined) {
    const { count, example } = notNumbers;
    return `${countText(count, 'value')} are no numbers, for example ${quoted(example)}: rows that have one are rejected`;
  }
  if (written !== undefined) return `${written.text} is read as ${numberText(written.number)}`;
  if (levels?.length === 1) return 'the same in each row: it tells something only once it changes';
  if (whole !== undefined && levelCount > 2) {
    const [taken, other] =
      whole.are === 'codes'
        ? ['codes', 'amounts, write continuous']
        : ['amounts', 'codes, write categorical'];
    const values = isCategory ? ` from ${rangeOf(facts)}` : '';
    const byName = whole.by === 'name' ? ' by its name' : '';
    return `${isCategory ? '' : `${levelCount} different `}whole numbers${values}, taken as ${taken}${byName}; if they are ${other}`;
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
