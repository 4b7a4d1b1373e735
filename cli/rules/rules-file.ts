/** Rules to be tried: in a file of their own, or those of a monitor. */

import { z } from 'zod';

import { rulesOf, type DegradationRule } from '../../core/degradation/rules.ts';
import { degradationRuleSchema, ruleProblems } from '../../core/degradation/settings.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { FileProblem } from '../file-problems.ts';
import { invalidFiles } from '../file-problems.ts';
import { swappedLimits, swappedRules } from '../limit-order.ts';
import { checkMonitor, problemsOf } from '../monitor-problems.ts';
import { isRecord, wordsOf } from '../monitor-words.ts';
import { readYaml, type YamlSource } from '../yaml-source.ts';

const rulesSchema = z.strictObject({ rules: z.array(degradationRuleSchema).min(1) });

/**
 * Reads rules for a model: from a mapping with `rules`, from a bare list of them, or from a whole monitor.
 *
 * @throws TidewatchError `INVALID_RULES` that lists all problems with their line and column
 */
export async function readRulesFile(file: string, monitor: Monitor): Promise<readonly DegradationRule[]> {
  const source = await readYaml(file).catch((error: unknown) => {
    throw new TidewatchError('INVALID_RULES', {
      count: 1,
      problems: `${file}: cannot be read (${reasonOf(error)})`,
    });
  });
  if (source.unreadable) throw invalidFiles('INVALID_RULES', source.problems);
  const { rules, problems } =
    isRecord(source.data) && 'model' in source.data ? ofMonitor(source, monitor) : ofRules(source, monitor);
  const all = [...source.problems, ...problems];
  if (all.length > 0) throw invalidFiles('INVALID_RULES', all);
  return rules;
}

interface ReadRules {
  readonly rules: readonly DegradationRule[];
  readonly problems: readonly FileProblem[];
}

function ofMonitor(source: YamlSource, { model }: Monitor): ReadRules {
  const { monitor, problems } = checkMonitor(source.data);
  const all = monitor === undefined ? problems : [...problems, ...swappedLimits(monitor)];
  const found = all.map(({ path, message }) => source.at(path, message));
  if (monitor !== undefined && monitor.model !== model) {
    found.push(source.at(['model'], `is "${monitor.model}", and the rules are to be tried on "${model}"`));
  }
  return { rules: monitor === undefined ? [] : rulesOf(monitor), problems: found };
}

function ofRules(source: YamlSource, monitor: Monitor): ReadRules {
  const isList = Array.isArray(source.data);
  const data = isList ? { rules: source.data } : (source.data ?? {});
  const at = (path: readonly (string | number)[], message: string): FileProblem =>
    source.at(isList ? path.slice(1) : path, message);
  const parsed = rulesSchema.safeParse(data, { error: wordsOf });
  if (!parsed.success) {
    const problems = parsed.error.issues
      .flatMap((issue) => problemsOf(data, issue, rulesSchema))
      .map(({ path, message }) => at(path, message));
    return { rules: [], problems };
  }
  const { rules } = parsed.data;
  const ofRules = rules.flatMap((rule, index) =>
    ruleProblems(rule, monitor).map(({ path, message }) => ({ path: [index, ...path], message })),
  );
  const problems = [...ofRules, ...swappedRules(rules)].map(({ path, message }) =>
    at(['rules', ...path], message),
  );
  return { rules, problems };
}
