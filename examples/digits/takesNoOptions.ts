import { Command } from 'commander';

/**
 * Reads a command line that has nothing to choose: answers --help, and on any other argument says which and
 * ends the process with 1.
 */
export function takesNoOptions(name: string, description: string): void {
  new Command(`npm run ${name}`)
    .description(description)
    .allowExcessArguments(false)
    .showHelpAfterError('(it takes no arguments)')
    .parse(process.argv);
}
