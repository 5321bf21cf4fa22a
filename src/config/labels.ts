import { suggest } from '../core/nearest.ts';
import type { Entry, RuleData } from './data.ts';
import type { Fault } from './place.ts';

/** What `group.by` may name besides labels. */
const OWN = ['rule', 'unit', 'host'];

/** Finds rules whose alerts are put together by a label that no rule has: what all lack keeps none of them apart. */
export function unknownLabels(rules: readonly Entry<RuleData>[]): Fault[] {
  const labels = new Set(rules.flatMap(({ data }) => Object.keys(data.labels ?? {})));
  const known = [...labels, ...OWN];
  return rules.flatMap(({ data, file, path }) => {
    const by = data.group?.by;
    return [by ?? []].flat().flatMap((name, index): Fault[] => {
      if (known.includes(name)) return [];
      const right = suggest(name, known, 'names to group by');
      const message = `no rule has a label "${name}", so that it tells no alerts apart: ${right}`;
      return [{ file, path: [...path, 'group', 'by', ...(Array.isArray(by) ? [index] : [])], message }];
    });
  });
}
