/** A trial as people read it. */

import Table from 'cli-table3';

import type { Episode, Matched, Replay, RuleReplay } from '../../core/degradation/replay.ts';
import { episodesOf } from '../../core/degradation/replay.ts';
import { ruleText } from '../../core/degradation/rule-text.ts';
import { countText } from '../../core/performance/metrics.ts';
import { dayMs, formatDay } from '../../core/window.ts';
import { colors, plain } from '../compare/column-table.ts';
import type { Screen } from '../paint.ts';
import type { Trial } from './try-rules.ts';

/** How often each rule fired and when, and the tried ones beside the applied ones. */
export function trialText(trial: Trial, screen: Screen): string {
  const { model, span, known, computed, applied, tried, file } = trial;
  const { paint } = screen;
  const days = Math.round((span.end - span.start) / dayMs);
  const as = known === 'now' ? 'as known now' : 'as known in the night after each';
  const parts = [
    `${paint('bold', model)}: the checks of ${countText(days, 'day')}, ${formatDay(span.start)} to ${formatDay(span.end - dayMs)}, ${as}`,
    ...(computed === 0
      ? []
      : [paint('dim', `${countText(computed, 'window')} that no run has evaluated, computed for this`)]),
    ...(tried === undefined ? [] : ['', paint('bold', `tried: ${file}`), replayText(tried, screen)]),
    '',
    paint('bold', 'applied'),
    replayText(applied, screen),
    ...(trial.against === undefined
      ? []
      : ['', paint('bold', 'tried beside applied'), ...againstLines(trial.against, screen)]),
    '',
    tried === undefined
      ? 'nothing changed; give --rules to try others beside these'
      : 'nothing changed; to apply the tried rules, write them into the monitor and run `tidewatch apply`',
  ];
  return parts.join('\n');
}

function replayText(replay: Replay, screen: Screen): string {
  const { rules, days, episodes } = replay;
  if (rules.length === 0) return '  no rules';
  const whole = draw(replay, screen);
  // The first line is a border.
  const table = whole.indexOf('\n') <= screen.columns ? whole : draw(replay, screen, screen.columns);
  const why = [
    ...new Set(
      rules.flatMap(({ unjudgeable, unjudgeableReason }) =>
        unjudgeable === days.length && unjudgeableReason !== undefined ? [unjudgeableReason] : [],
      ),
    ),
  ].map((reason) => `  never judged: ${reason}`);
  const all =
    rules.length === 1 ? [] : [`  together: ${episodes.length === 0 ? 'never' : listText(episodes)}`];
  return [table, ...why, ...all].join('\n');
}

/** Borders and the columns of numbers. */
const fixedWidth = 46;
const leastWidth = 16;

/** On a screen that is too narrow the rules and their days are broken into lines. */
function draw({ rules, days }: Replay, { paint }: Screen, width?: number): string {
  const half = width === undefined ? undefined : Math.max(leastWidth, Math.floor((width - fixedWidth) / 2));
  const table = new Table({
    ...plain,
    head: ['rule', 'level', 'fired', 'fine', 'not judged', 'when'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left'],
    ...(half !== undefined && { wordWrap: true, colWidths: [half, null, null, null, null, half] }),
  });
  for (const replay of rules) {
    const { rule, fired, fine, unjudgeable } = replay;
    table.push([
      ruleText(rule),
      paint(colors[rule.level], rule.level),
      fired.length,
      fine,
      unjudgeable,
      whenText(replay, days),
    ]);
  }
  return table.toString();
}

/** Days that are next to each other as one; at most so many. */
const mostListed = 6;

function whenText({ fired }: RuleReplay, days: Replay['days']): string {
  const set = new Set(fired);
  const runs = episodesOf(
    days.map(({ day }) => ({ day, level: set.has(day) ? ('warning' as const) : ('ok' as const) })),
  );
  return listText(runs);
}

function listText(episodes: readonly Episode[]): string {
  const more = episodes.length - mostListed;
  const listed = episodes.slice(0, mostListed).map(spanText);
  return [...listed, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

function spanText({ from, to }: Episode): string {
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}

function againstLines({ matched, extra }: NonNullable<Trial['against']>, { paint }: Screen): string[] {
  if (matched.length === 0 && extra.length === 0) return ['  neither fired'];
  return [
    ...matched.map(
      ({ applied, ...rest }) =>
        `  applied ${paint(colors[applied.level], applied.level)} ${spanText(applied)}: ${earlyText(rest)}`,
    ),
    ...extra.map(
      (episode) => `  tried alone ${paint(colors[episode.level], episode.level)} ${spanText(episode)}`,
    ),
  ];
}

function earlyText({ tried, daysEarlier = 0 }: Omit<Matched, 'applied'>): string {
  if (tried === undefined) return 'the tried rules miss it';
  const by = countText(Math.abs(daysEarlier), 'day');
  const when = daysEarlier === 0 ? 'on the same day' : `${by} ${daysEarlier > 0 ? 'earlier' : 'later'}`;
  return `the tried rules fire ${when} (${tried.level} ${spanText(tried)})`;
}
