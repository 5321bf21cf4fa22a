import { suggest } from '../core/nearest.ts';
import type { Entry } from './data.ts';
import type { Fault, Path } from './place.ts';

/** Finds rules that are inhibited by one that is not there, or in the end by themselves: all of them would be held. The data may be wrong in any way. */
export function checkInhibition(rules: readonly Entry<unknown>[]): Fault[] {
  const names = rules.map(({ name }) => name);
  const edges = new Map(rules.map(({ name, data }) => [name, inhibitors(data)]));
  return rules.flatMap(({ name, data, file, path }) =>
    inhibitors(data).flatMap(({ by, at }): Fault[] => {
      const place = { file, path: [...path, 'inhibited-by', ...at] };
      if (!names.includes(by)) {
        return [{ ...place, message: `there is no rule "${by}": ${suggest(by, names, 'rules')}` }];
      }
      const way = wayBack(by, name, edges);
      if (way === undefined) return [];
      return [{ ...place, message: `rules that inhibit each other are never told: ${[name, ...way].join(' by ')}` }];
    }),
  );
}

type Edges = ReadonlyMap<string, readonly { readonly by: string }[]>;

/** The rules from one to another; undefined where there is no way. */
function wayBack(from: string, to: string, edges: Edges): string[] | undefined {
  const ways = new Map<string, string[]>([[from, [from]]]);
  for (const [name, way] of ways) {
    if (name === to) return way;
    for (const { by } of edges.get(name) ?? []) if (!ways.has(by)) ways.set(by, [...way, by]);
  }
  return undefined;
}

function inhibitors(data: unknown): { by: string; at: Path }[] {
  const written =
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>)['inhibited-by'] : undefined;
  if (typeof written === 'string') return [{ by: written, at: [] }];
  const list = Array.isArray(written) ? written : [];
  return list.flatMap((by: unknown, index) => (typeof by === 'string' ? [{ by, at: [index] }] : []));
}
