import type { Episode, Replay } from '../../core/degradation/replay.ts';
import { ruleText } from '../../core/degradation/rule-text.ts';
import { formatDay } from '../../core/window.ts';
import type { Trial } from './try-rules.ts';

/** A trial for machines: days as `2011-05-20`, null where there is nothing. */
export function trialJson({ span, applied, tried, against, file, ...rest }: Trial): unknown {
  return {
    ...rest,
    file: file ?? null,
    from: formatDay(span.start),
    to: formatDay(span.end),
    applied: replayJson(applied),
    tried: tried === undefined ? null : replayJson(tried),
    against:
      against === undefined
        ? null
        : {
            matched: against.matched.map(({ applied, tried, daysEarlier }) => ({
              applied: episodeJson(applied),
              tried: tried === undefined ? null : episodeJson(tried),
              daysEarlier: daysEarlier ?? null,
            })),
            extra: against.extra.map(episodeJson),
          },
  };
}

function replayJson({ rules, episodes, days }: Replay): unknown {
  return {
    rules: rules.map(({ rule, fired, ...counts }) => ({
      text: ruleText(rule),
      rule,
      ...counts,
      fired: fired.map(formatDay),
    })),
    episodes: episodes.map(episodeJson),
    days: days.map(({ day, ...said }) => ({ day: formatDay(day), ...said })),
  };
}

function episodeJson({ from, to, level }: Episode): unknown {
  return { from: formatDay(from), to: formatDay(to), level };
}
