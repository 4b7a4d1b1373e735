/** What a shell may offer for a command that is being typed, from commander's own tree: it is never out of date. */

import type { Argument, Command, Option } from 'commander';

/**
 * The words that may stand next.
 *
 * @param words what is typed so far without the command itself; the last one may be incomplete or empty
 * @returns undefined where only the names of files make sense
 */
export function completions(program: Command, words: readonly string[]): readonly string[] | undefined {
  let command = program;
  let given = 0;
  let open: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (open !== undefined) open = undefined;
    else if (word.startsWith('-')) open = valueOption(command, word);
    else {
      const next = subcommand(command, word);
      if (next === undefined) given += 1;
      else [command, given] = [next, 0];
    }
  }
  const last = words.at(-1) ?? '';
  if (open !== undefined) return open.argChoices === undefined ? undefined : starting(open.argChoices, last);
  if (last.startsWith('-')) return starting(optionsOf(command), last);
  const names = command.commands.map((child) => child.name());
  const found = starting(
    [...names, ...argumentChoices(command, given), ...(names.length > 0 ? ['help'] : [])],
    last,
  );
  if (found.length > 0) return found;
  return command.registeredArguments.length === 0 && names.length > 0 ? [] : undefined;
}

/** The option that waits for its value after this word. */
function valueOption(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => long === word || short === word);
  return option !== undefined && (option.required || option.optional) ? option : undefined;
}

function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

/** Also those of the command that is meant where none is named, as `retrain` means `retrain start`. */
function optionsOf(command: Command): readonly string[] {
  // Commander has no other way to ask.
  const byDefault: unknown = Reflect.get(command, '_defaultCommandName');
  const meant = typeof byDefault === 'string' ? subcommand(command, byDefault) : undefined;
  const own = command.options.filter(({ hidden }) => !hidden).map(({ long, short }) => long ?? short ?? '');
  return [...own, ...(meant === undefined ? [] : optionsOf(meant)), '--help'];
}

function argumentChoices(command: Command, given: number): readonly string[] {
  const waiting: Argument | undefined = command.registeredArguments[given];
  return waiting?.argChoices ?? [];
}

function starting(words: readonly string[], beginning: string): readonly string[] {
  return [...new Set(words)].filter((word) => word.startsWith(beginning));
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * What a shell reads at its start. It asks `tidewatch complete` each time, whose answer `:files` means names of files.
 */
export function completionScript(shell: Shell): string {
  return scripts[shell];
}

const scripts: Readonly<Record<Shell, string>> = {
  bash: [
    '_tidewatch() {',
    "  local IFS=$'\\n' words",
    '  words=$(tidewatch complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return',
    '  if [ "$words" = \':files\' ]; then',
    '    compopt -o default 2>/dev/null',
    '    COMPREPLY=()',
    '  else',
    '    COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '  fi',
    '}',
    'complete -F _tidewatch tidewatch',
  ].join('\n'),
  zsh: [
    '#compdef tidewatch',
    '_tidewatch() {',
    '  local -a found',
    '  found=("${(@f)$(tidewatch complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")',
    '  if [[ "$found[1]" == \':files\' ]]; then _files; else compadd -- "${(@)found}"; fi',
    '}',
    'compdef _tidewatch tidewatch',
  ].join('\n'),
  fish: [
    'function __tidewatch',
    '  set -l found (tidewatch complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)',
    '  if test "$found[1]" = \':files\'',
    '    __fish_complete_path (commandline -ct)',
    '  else',
    "    printf '%s\\n' $found",
    '  end',
    'end',
    "complete -c tidewatch -f -a '(__tidewatch)'",
  ].join('\n'),
};
