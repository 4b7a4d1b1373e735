import { Argument, type Command } from 'commander';

import { completions, completionScript, type Shell } from '../completion.ts';
import { print } from '../print.ts';

const examples = `
Examples:
  bash  $ tidewatch completion bash >> ~/.bashrc
  zsh   $ tidewatch completion zsh > "\${fpath[1]}/_tidewatch"
  fish  $ tidewatch completion fish > ~/.config/fish/completions/tidewatch.fish

Exit codes: 0; 2 for another shell.`;

/** `tidewatch completion`, and `tidewatch complete`, which the scripts of it ask. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the shell script that completes commands and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', examples)
    .action((shell: Shell) => print(completionScript(shell)));
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: string[]) => {
      print((completions(program, words) ?? [':files']).join('\n'));
    });
}
