import { type Environment, variablesIn } from './variables.ts';

/** What must not be shown, with what is shown in its place. */
export type Hidden = ReadonlyMap<string, string>;

/** Shorter values are no secrets, and replacing them would garble the text. */
const SHORTEST = 4;

/** The values of the variables that data refers to, each with its `${NAME}`. */
export function variableValues(data: unknown, env: Environment): Map<string, string> {
  return new Map([...variablesIn(data)].map((name) => [env[name] ?? '', `\${${name}}`]));
}

/** Replaces values in a text; of two that overlap, the longer one. */
export function hideValues(text: string, hidden: Hidden): string {
  return [...hidden]
    .filter(([value]) => value.length >= SHORTEST)
    .sort(([a], [b]) => b.length - a.length)
    .reduce((shown, [value, replacement]) => shown.replaceAll(value, replacement), text);
}
