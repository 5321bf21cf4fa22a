import { OptionError } from '../../core/errors.ts';
import { type Limit, parseLimit } from '../../core/level.ts';
import { MEASURES } from '../../core/measure.ts';

/** One part of a list that holds on one side of a limit alone. */
interface Edge {
  readonly side: 'above' | 'below';
  readonly measure: string;
  readonly limit: Limit;
  readonly index: number;
}

/** @throws OptionError where two parts of a list, all of which must hold, leave no figure between them. */
export function refuseContradiction(list: readonly unknown[]): void {
  const edges = list.flatMap(edgesOf);
  for (const above of edges.filter(({ side }) => side === 'above')) {
    const other = edges.find((below) => below.side === 'below' && leaveNothing(above, below));
    if (other === undefined) continue;
    const both = `${written(list, above)} and ${written(list, other)}`;
    throw new OptionError([other.index], `no ${above.measure} is both ${both}, so this never fires`);
  }
}

/** How a limit of the one kind compares with one of the other depends on the host. What is counted goes by whole numbers. */
function leaveNothing(above: Edge, below: Edge): boolean {
  if (above.measure !== below.measure || above.limit.of !== below.limit.of) return false;
  const gap = above.measure === 'count' ? 1 : 0;
  return figure(above.limit) + gap >= figure(below.limit);
}

function figure(limit: Limit): number {
  return limit.of === 'fixed' ? limit.value : limit.ratio;
}

function edgesOf(part: unknown, index: number): Edge[] {
  if (typeof part !== 'object' || part === null) return [];
  return (['above', 'below'] as const).flatMap((side) => {
    const options = (part as Readonly<Record<string, unknown>>)[side];
    if (typeof options !== 'object' || options === null) return [];
    const limits = options as Readonly<Record<string, string | number | undefined>>;
    return MEASURES.filter((measure) => limits[measure] !== undefined).map((measure) => {
      return { side, measure, index, limit: parseLimit(measure, limits[measure]) };
    });
  });
}

function written(list: readonly unknown[], { side, measure, index }: Edge): string {
  const part = list[index] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return `${side} ${part[side]?.[measure]}`;
}
