import type { EventTarget } from './types.ts';

/**
 * What an act is counted for: a service or container, which keeps its name over restarts. Of a single process its own name is
 * taken, as the next one of that name has its place.
 */
export function lineageOf({ unit, container, by, key, processes }: EventTarget): string {
  if (unit !== undefined) return unit;
  if (container !== undefined) return `container ${container}`;
  const [first] = processes;
  return by === 'process' && first !== undefined ? `process ${first.name}` : `${by} ${key}`;
}

/** Those of whom never two are acted on at once: the instances of a template (`web@1.service`), and processes of one name. */
export function groupOf(lineage: string): string {
  return lineage.replace(/@[^@]*\.service$/, '@.service');
}
