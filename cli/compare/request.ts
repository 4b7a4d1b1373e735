/** What the options of `tidewatch compare` ask for, checked. */

import { TidewatchError } from '../../core/errors.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';
import { methodNames, methodOf, methodsFor, type MethodName } from '../../core/statistics/registry.ts';
import { nearest } from '../nearest.ts';

export const formats = ['table', 'json', 'html', 'junit'] as const;
export type Format = (typeof formats)[number];

export const presets = ['data-drift', 'actuals-drift', 'regression', 'classification', 'stability'] as const;
export type Preset = (typeof presets)[number];

/** As commander gives them. */
export interface CompareOptions {
  readonly reference?: string;
  readonly profile?: string;
  readonly current: string;
  readonly format?: Format;
  readonly json?: true;
  readonly columns?: readonly string[];
  readonly categorical?: readonly string[];
  readonly continuous?: readonly string[];
  readonly method?: readonly string[];
  readonly threshold?: readonly string[];
  readonly statistics?: readonly string[];
  readonly alpha?: string;
  readonly output?: string;
  readonly failOnDrift?: true;
  readonly compat?: 'evidently';
  readonly preset: Preset;
  readonly actual?: string;
  readonly prediction?: string;
  readonly probability?: string;
  readonly positiveClass?: string;
  readonly interval?: readonly string[];
  readonly intervalLevels?: string;
  readonly expectations?: string;
}

/** A wish for all columns, and wishes for single ones that go before it. */
interface Wishes<T> {
  readonly all?: T;
  readonly byColumn: ReadonlyMap<string, T>;
}

export interface CompareRequest {
  /** A table, or a stored profile of one. */
  readonly reference: string;
  readonly referenceIs: 'table' | 'profile';
  readonly current: string;
  readonly format: Format;
  readonly output?: string;
  readonly failOnDrift: boolean;
  readonly compat?: 'evidently';
  readonly preset: Preset;
  readonly actual?: string;
  readonly prediction?: string;
  readonly probability?: string;
  readonly positiveClass?: string;
  /** The columns with the bounds of the predictions. */
  readonly interval?: readonly [low: string, high: string];
  readonly intervalLevels?: readonly [low: number, high: number];
  /** A suite that the current table is held against. */
  readonly expectations?: string;
  /** Only these; all by default. */
  readonly columns?: readonly string[];
  readonly categorical: readonly string[];
  readonly continuous: readonly string[];
  readonly methods: Wishes<MethodName>;
  readonly thresholds: Wishes<number>;
  /** Methods that are computed beside the deciding ones; all by default. */
  readonly beside?: readonly MethodName[];
  readonly alpha: number;
}

/** @throws TidewatchError `INVALID_OPTION` for what cannot be asked for, or not together. */
export function requestOf(options: CompareOptions): CompareRequest {
  const { reference, profile, categorical = [], continuous = [] } = options;
  refuseContradictions(options);
  return {
    reference: reference ?? profile!,
    referenceIs: reference === undefined ? 'profile' : 'table',
    current: options.current,
    format: options.json ? 'json' : (options.format ?? 'table'),
    failOnDrift: options.failOnDrift ?? false,
    preset: options.preset,
    ...present({
      output: options.output,
      compat: options.compat,
      columns: options.columns,
      actual: options.actual,
      prediction: options.prediction,
      probability: options.probability,
      positiveClass: options.positiveClass,
      interval: boundsOf(options.interval),
      intervalLevels: levelsOf(options.intervalLevels),
      expectations: options.expectations,
    }),
    categorical,
    continuous,
    methods: wishesOf(options.method ?? [], methodNamed),
    thresholds: wishesOf(options.threshold ?? [], thresholdOf),
    ...(options.statistics !== undefined && { beside: options.statistics.map(methodNamed) }),
    alpha: alphaOf(options.alpha ?? '0.05'),
  };
}

function refuseContradictions(options: CompareOptions): void {
  const { reference, profile, current, categorical = [], continuous = [], preset } = options;
  if (reference === '-' && current === '-')
    throw invalid('--current', 'standard input can be only one of both tables');
  const twice = categorical.find((column) => continuous.includes(column));
  if (twice !== undefined)
    throw invalid('--categorical', `"${twice}" is named by --continuous too; leave one of them out`);
  if (
    options.compat !== undefined &&
    (options.method ?? options.threshold ?? options.statistics ?? options.alpha) !== undefined
  )
    throw invalid(
      '--compat',
      'it chooses methods and limits itself; leave out --method, --threshold, --statistics and --alpha',
    );
  if (options.json && options.format !== undefined && options.format !== 'json')
    throw invalid('--json', `it stands for --format json, not ${options.format}; leave one of them out`);
  if (reference !== undefined && profile !== undefined)
    throw invalid('--reference', 'give it or --profile, not both');
  if (reference === undefined && profile === undefined)
    throw invalid('--reference', 'give the file of the reference, or its stored profile by --profile');
  if (profile !== undefined && (options.compat !== undefined || preset !== 'data-drift'))
    throw invalid('--profile', 'it holds no rows; --compat and --preset need --reference');
  if (profile !== undefined && categorical.length + continuous.length > 0)
    throw invalid('--profile', 'it knows the kinds of its columns; leave out --categorical and --continuous');
  if (preset === 'stability' && options.expectations === undefined)
    throw invalid(
      '--preset',
      'stability needs expectations: add --expectations <file>; `tidewatch init --expectations` writes one',
    );
  const unused = ['actual', 'prediction', 'probability', 'positiveClass'] as const;
  const given = unused.find((name) => options[name] !== undefined);
  if (given !== undefined && !isAboutActuals(preset))
    throw invalid(
      `--${given === 'positiveClass' ? 'positive-class' : given}`,
      'it belongs to --preset actuals-drift, regression or classification',
    );
  if (isAboutActuals(preset) && options.actual === undefined)
    throw invalid('--preset', `${preset} needs the column of the actuals: add --actual <column>`);
  if (options.positiveClass !== undefined && options.probability === undefined)
    throw invalid('--positive-class', 'it says whose --probability <column> is; add that, or leave it out');
  if (options.interval !== undefined && preset !== 'regression')
    throw invalid('--interval', 'it belongs to --preset regression');
  if (options.intervalLevels !== undefined && options.interval === undefined)
    throw invalid('--interval-levels', 'it says of which --interval <low,high>; add that, or leave it out');
  if ((preset === 'regression' || preset === 'classification') && options.prediction === undefined)
    throw invalid('--preset', `${preset} needs the column of the predictions: add --prediction <column>`);
}

function isAboutActuals(preset: Preset): boolean {
  return preset === 'actuals-drift' || preset === 'regression' || preset === 'classification';
}

type Present<T> = { readonly [key in keyof T]?: Exclude<T[key], undefined> };

/** Without what is undefined. */
function present<T extends object>(options: T): Present<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Present<T>;
}

/** The columns that are named one by one in the options: each of them has to exist. */
export function namedColumns(request: CompareRequest): readonly string[] {
  const { columns = [], categorical, continuous, methods, thresholds } = request;
  const { actual, prediction, probability, interval = [] } = request;
  const others = [actual, prediction, probability, ...interval].filter((column) => column !== undefined);
  return [
    ...new Set([
      ...columns,
      ...categorical,
      ...continuous,
      ...methods.byColumn.keys(),
      ...thresholds.byColumn.keys(),
      ...others,
    ]),
  ];
}

/**
 * Which method decides about a column, and its threshold, where they were named. A method for all columns decides about
 * those of its kinds.
 *
 * @throws TidewatchError `INVALID_OPTION` when the method that is named for this column is not for its kind
 */
export function decisionFor(
  column: string,
  kind: ColumnKind,
  { methods, thresholds }: Pick<CompareRequest, 'methods' | 'thresholds'>,
): { readonly decidingMethod?: MethodName; readonly threshold?: number } {
  const named = methods.byColumn.get(column);
  if (named !== undefined && !methodsFor(kind).includes(named)) {
    const those = methodsFor(kind).join(', ');
    const other = kind === 'continuous' ? 'categorical' : 'continuous';
    throw invalid(
      '--method',
      `${named} is not for the ${kind} column "${column}"; write one of ${those}, or name the column by --${other}`,
    );
  }
  const forAll =
    methods.all !== undefined && methodsFor(kind).includes(methods.all) ? methods.all : undefined;
  const decidingMethod = named ?? forAll;
  const threshold = thresholds.byColumn.get(column) ?? thresholds.all;
  return {
    ...(decidingMethod !== undefined && { decidingMethod }),
    ...(threshold !== undefined && { threshold }),
  };
}

export function invalid(option: string, reason: string): TidewatchError {
  return new TidewatchError('INVALID_OPTION', { option, reason });
}

function wishesOf<T>(texts: readonly string[], parse: (text: string) => T): Wishes<T> {
  const byColumn = new Map<string, T>();
  let all: T | undefined;
  for (const text of texts) {
    // A name may hold an equals sign, a method or a number does not.
    const equals = text.lastIndexOf('=');
    if (equals === -1) all = parse(text);
    else byColumn.set(text.slice(0, equals), parse(text.slice(equals + 1)));
  }
  return { ...(all !== undefined && { all }), byColumn };
}

/** A method by its name, or by its key in the JSON. */
function methodNamed(text: string): MethodName {
  const found = methodNames.find((name) => name === text || methodOf(name).key === text);
  if (found !== undefined) return found;
  const near = nearest(text, methodNames);
  const hint = near === undefined ? `write one of ${methodNames.join(', ')}` : `the nearest is "${near}"`;
  throw invalid('--method, --statistics', `there is no method "${text}"; ${hint}`);
}

function thresholdOf(text: string): number {
  const threshold = Number(text);
  if (text.trim() === '' || !(threshold > 0) || !Number.isFinite(threshold))
    throw invalid('--threshold', `"${text}" is not a number above 0`);
  return threshold;
}

function boundsOf(columns: readonly string[] | undefined): readonly [string, string] | undefined {
  if (columns === undefined) return undefined;
  const [low, high, ...others] = columns;
  if (low === undefined || high === undefined || others.length > 0)
    throw invalid('--interval', 'name two columns, that of the lower bound first: <low,high>');
  return [low, high];
}

function levelsOf(text: string | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const [low = Number.NaN, high = Number.NaN, ...others] = text.split(',').map(Number);
  if (!(low > 0 && low < high && high < 1) || others.length > 0)
    throw invalid('--interval-levels', `"${text}" is not two numbers between 0 and 1, the lower one first`);
  return [low, high];
}

function alphaOf(text: string): number {
  const alpha = Number(text);
  if (text.trim() === '' || !(alpha > 0 && alpha < 1))
    throw invalid('--alpha', `"${text}" is not a number between 0 and 1`);
  return alpha;
}
