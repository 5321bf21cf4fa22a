import type { Path } from './place.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Hears what is wrong at a path; `unset`: all that is wrong is that a variable is not set. */
type TellFault = (path: Path, message: string, unset?: true) => void;

/** `${NAME}`, or `$${` before anything. */
const REFERENCE = /\$(\$)?\{([^}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Replaces `${NAME}` by the environment variable in every text of plain data; `$${` stands for `${`. The data itself is
 * left as it is. What is wrong is told to `fault`: an unset variable, a malformed name, data that contains itself (as
 * YAML aliases can).
 */
export function fillVariables<T>(data: T, env: Environment, fault: TellFault): T {
  const above = new Set<object>();
  const fill = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return fillText(value, env, (message, unset) => fault(path, message, unset));
    if (typeof value !== 'object' || value === null) return value;
    if (above.has(value)) {
      fault(path, 'this contains itself, by an alias');
      return null;
    }
    above.add(value);
    const filled = Array.isArray(value)
      ? value.map((item, index) => fill(item, [...path, index]))
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]));
    above.delete(value);
    return filled;
  };
  return fill(data, []) as T;
}

function fillText(text: string, env: Environment, fault: (message: string, unset?: true) => void): string {
  if (!text.includes('${')) return text;
  return text.replace(REFERENCE, (written: string, escaped: string | undefined, name: string) => {
    if (escaped !== undefined) return written.slice(1);
    const value = env[name];
    if (!NAME.test(name)) fault(`"\${${name}}" is not a variable: write \${NAME}, or $\${ for the two characters`);
    else if (value === undefined) fault(`the environment variable ${name} is not set`, true);
    return value ?? '';
  });
}

/** The names of the variables that plain data refers to. */
export function variablesIn(data: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const note = (_: object, name: string | symbol): string => {
    names.add(String(name));
    return '';
  };
  fillVariables(data, new Proxy<Environment>({}, { get: note }), () => undefined);
  return names;
}
