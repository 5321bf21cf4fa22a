import { RulesError } from '../core/errors.ts';
import type { Command } from './command.ts';
import { COMMON, readOptions } from './options.ts';
import { allCommands, COMMANDS } from './registry.ts';
import { Failure, UsageError, type World } from './world.ts';

/** Runs a command line. @returns the exit code: 0 fine, 1 failed, 2 wrong usage or wrong rules. */
export async function cli(args: readonly string[], world: World): Promise<number> {
  try {
    return await call(args, world);
  } catch (error) {
    // For a monitoring system 2 would be a critical alert.
    if (error instanceof UsageError && args.includes('--once')) {
      world.stdout.write(`PSSTOP UNKNOWN: ${error.message}\n`);
      return 3;
    }
    const { text, code } = explain(error);
    world.stderr.write(`${text}\n`);
    return code;
  }
}

function explain(error: unknown): { text: string; code: number } {
  if (error instanceof UsageError) return { text: `psstop: ${error.message}\nTry "psstop help".`, code: 2 };
  if (error instanceof RulesError) return { text: error.message, code: 2 };
  if (error instanceof Failure) return { text: `psstop: ${error.message}`, code: error.code };
  return { text: `psstop: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, code: 1 };
}

async function call(args: readonly string[], world: World): Promise<number> {
  const [first = ''] = args;
  if (first === '--version' || first === '-V') {
    world.stdout.write(`psstop ${world.version} (node ${process.versions.node})\n`);
    return 0;
  }
  const named = first !== '' && !first.startsWith('-');
  const command = await findCommand(named ? first : 'list');
  const given = readOptions(named ? args.slice(1) : args, [...command.options, ...COMMON], world.env);
  if (given.values.help === true) {
    const { helpOf, overview } = await import('./help.ts');
    world.stdout.write(named ? helpOf(command) : overview(await allCommands()));
    return 0;
  }
  if (given.operands.length > 0 && command.operands === undefined) {
    throw new UsageError(`${command.name} takes no operand: "${given.operands[0]}"`);
  }
  return command.run(given, world, allCommands);
}

async function findCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load) return (await load()).command;
  const { suggest } = await import('../core/nearest.ts');
  throw new UsageError(`unknown command "${name}": ${suggest(name, Object.keys(COMMANDS), 'commands')}`);
}
