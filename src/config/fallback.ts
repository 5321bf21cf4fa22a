import { suggest } from '../core/nearest.ts';
import type { Fault, Path } from './place.ts';

/** Options of an action that may be wrong in any way, and where they stand. */
export interface StepPlace {
  readonly step: unknown;
  readonly file: string;
  readonly path: Path;
}

/** An action under `actions`, or one in a rule, and its fallback, where it says one. */
interface Written {
  readonly file: string;
  readonly path: Path;
  readonly fallback: string;
}

/** Finds fallbacks that are not defined under `actions`, and those that lead back to where they began. */
export function fallbackFaults(named: ReadonlyMap<string, StepPlace>, inRules: readonly StepPlace[]): Fault[] {
  const next = new Map([...named].flatMap(([name, place]) => writtenOf(place).map((written) => [name, written])));
  const all = [...next.values(), ...inRules.flatMap(writtenOf)];
  const missing = all.filter(({ fallback }) => !named.has(fallback));
  const known = [...named.keys()];
  const circles = [...next].flatMap(([name, { file, path }]) => {
    const circle = circleOf(name, next);
    return circle === undefined ? [] : [{ file, path, message: `this leads in a circle: ${circle.join(' -> ')}` }];
  });
  return [
    ...missing.map(({ file, path, fallback }) => {
      const hint = known.length === 0 ? 'define it there' : suggest(fallback, known, 'actions there');
      return { file, path, message: `there is no action "${fallback}" under actions: ${hint}` };
    }),
    ...circles,
  ];
}

function writtenOf({ step, file, path }: StepPlace): Written[] {
  if (typeof step !== 'object' || step === null) return [];
  const [plugin, options] = Object.entries(step)[0] ?? [];
  const fallback = (options as { fallback?: unknown } | null | undefined)?.fallback;
  if (plugin === undefined || typeof fallback !== 'string') return [];
  return [{ file, path: [...path, plugin, 'fallback'], fallback }];
}

/** The names from one round to itself again; undefined where the line ends, or joins a circle that this one is not part of. */
function circleOf(name: string, next: ReadonlyMap<string, Written>): string[] | undefined {
  const passed = [name];
  for (let at = next.get(name)?.fallback; at !== undefined; at = next.get(at)?.fallback) {
    if (at === name) return [...passed, at];
    if (passed.includes(at)) return undefined;
    passed.push(at);
  }
  return undefined;
}
