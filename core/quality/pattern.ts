/** Regular expressions whose cost is bounded: no value, however made, is matched in more than linear time. */

import { reasonOf } from '../errors.ts';
import { parsePattern, type PatternNode } from './pattern-syntax.ts';

export interface Pattern {
  /** Does the pattern occur in a text, as in `RegExp.prototype.test` with the flag u? */
  test(text: string): boolean;
}

/** `x{1000}` is a thousand states; more of them make a pattern that nobody can read. */
const mostStates = 5_000;
/** Sets of states that are remembered; then they are forgotten and made again. */
const mostSets = 2_000;

type State =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean; readonly next: number }
  | { readonly kind: 'fork'; readonly next: readonly number[] }
  | { readonly kind: 'start' | 'end'; readonly next: number }
  | { readonly kind: 'found' };

/** States that the text may be in, and where each character leads from there. */
interface StateSet {
  readonly states: readonly number[];
  readonly isFound: boolean;
  readonly after: Map<string, StateSet>;
}

/**
 * Which texts hold a pattern? In the syntax of JavaScript (flag u), without what needs backtracking: back-references,
 * look-around and `\b` are refused, as in RE2. Instead of backtracking, all states that a text may be in are followed at once
 * (Thompson, 1968), and their sets are remembered. Cost: a look-up a character (about 50 ns), whatever the pattern.
 *
 * @returns the pattern, or in words why it is none
 * @example compilePattern('^(a+)+$').test(`${'a'.repeat(1000)}b`) // false
 */
export function compilePattern(text: string): Pattern | { readonly problem: string } {
  try {
    // The syntax is checked by who defines it; nothing is matched with this.
    RegExp(text, 'u');
  } catch (error) {
    return { problem: `is no regular expression (${reasonOf(error).replace(/^.*\/u: /, '')})` };
  }
  const node = parsePattern(text);
  if ('problem' in node) return node;
  const states: State[] = [{ kind: 'found' }];
  const first = addStates(states, node, 0);
  return first === undefined
    ? { problem: `repeats too much; it may have ${mostStates} characters with every repetition written out` }
    : matcherOf(states, first);
}

/** Adds the states of a node, after which comes `next`; returns where it begins, or undefined when there are too many. */
function addStates(states: State[], node: PatternNode, next: number): number | undefined {
  if (states.length > mostStates) return undefined;
  switch (node.kind) {
    case 'character':
      return states.push({ kind: node.kind, matches: node.matches, next }) - 1;
    case 'start':
    case 'end':
      return states.push({ kind: node.kind, next }) - 1;
    case 'sequence':
      return node.parts.reduceRight<number | undefined>(
        (after, part) => (after === undefined ? undefined : addStates(states, part, after)),
        next,
      );
    case 'choice': {
      const branches = node.parts.map((part) => addStates(states, part, next));
      return branches.includes(undefined)
        ? undefined
        : states.push({ kind: 'fork', next: branches.filter((branch) => branch !== undefined) }) - 1;
    }
    case 'repeat':
      return addRepeat(states, node, next);
  }
}

function addRepeat(
  states: State[],
  { part, least, most }: Extract<PatternNode, { kind: 'repeat' }>,
  next: number,
): number | undefined {
  let begin: number | undefined = next;
  if (most === Infinity) {
    // The loop is known by its place before what it loops over is added.
    const loop: { kind: 'fork'; next: number[] } = { kind: 'fork', next: [next] };
    begin = states.push(loop) - 1;
    const body = addStates(states, part, begin);
    if (body === undefined) return undefined;
    loop.next.push(body);
  } else {
    for (let i = least; i < most && begin !== undefined; i += 1) {
      const body = addStates(states, part, begin);
      begin = body === undefined ? undefined : states.push({ kind: 'fork', next: [next, body] }) - 1;
    }
  }
  for (let i = 0; i < least && begin !== undefined; i += 1) begin = addStates(states, part, begin);
  return begin;
}

function matcherOf(states: readonly State[], first: number): Pattern {
  let known = new Map<string, StateSet>();
  const setOf = (from: readonly number[], at: 'start' | 'middle'): StateSet => {
    const reached = reach(states, from, { start: at === 'start', end: false });
    const key = reached.join(' ');
    const same = known.get(key);
    if (same !== undefined) return same;
    if (known.size >= mostSets) known = new Map();
    const set = { states: reached, isFound: reached.includes(0), after: new Map() };
    known.set(key, set);
    return set;
  };
  const step = ({ states: from }: StateSet, character: string): StateSet => {
    const next = from.flatMap((index) => {
      const state = states[index]!;
      return state.kind === 'character' && state.matches(character) ? [state.next] : [];
    });
    // The pattern may begin at any character.
    return setOf([...next, first], 'middle');
  };
  const begin = setOf([first], 'start');

  return {
    test: (text) => {
      let set = begin;
      for (const character of text) {
        if (set.isFound) return true;
        let next = set.after.get(character);
        if (next === undefined) {
          next = step(set, character);
          set.after.set(character, next);
        }
        set = next;
      }
      return set.isFound || reach(states, set.states, { start: text === '', end: true }).includes(0);
    },
  };
}

/** The states that some lead to without a character: in order, and those that ask for an end that is not here among them. */
function reach(
  states: readonly State[],
  from: readonly number[],
  at: { readonly start: boolean; readonly end: boolean },
): readonly number[] {
  const reached = new Set<number>();
  const open = [...from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue;
    reached.add(index);
    const state = states[index]!;
    if (state.kind === 'fork') open.push(...state.next);
    else if ((state.kind === 'start' || state.kind === 'end') && at[state.kind]) open.push(state.next);
  }
  return [...reached].filter((index) => states[index]!.kind !== 'fork').sort((a, b) => a - b);
}
