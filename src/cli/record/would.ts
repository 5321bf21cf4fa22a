import type { Writable } from 'node:stream';
import type { Delivery } from '../../core/types.ts';
import type { Would } from '../../engine/rehearsal.ts';
import { formatLine } from '../../sinks/text/event-lines.ts';

/** Why nothing of it is done. */
const REPLAY = 'replay';

/** Writes what would have been done: one line for people, `would run log, ops-mail for fired leak: worker`; as JSON, one delivery for each step. */
export function wouldWriter(out: Writable, json: boolean): (would: Would) => void {
  const style = { format: json ? 'ndjson' : 'text', priority: false } as const;
  const write = (would: Would, text: string, data: unknown): void =>
    void out.write(formatLine({ priority: 5, time: would.time, text, data }, style));
  return (would) => {
    if (json) for (const delivery of deliveriesOf(would)) write(would, '', delivery);
    else write(would, textOf(would), undefined);
  };
}

function textOf({ event, steps }: Would): string {
  const { kind, rule, target, bundle, message } = event;
  // What one alert says stands in the line before.
  return `would run ${steps.map(({ name }) => name).join(', ')} for ${kind} ${rule}: ${bundle ? message : target.name}`;
}

function deliveriesOf({ event, steps, time }: Would): Delivery[] {
  const { id, rule, target, kind } = event;
  return steps.map(({ name, action }) => ({
    ...{ type: 'delivery', event: id, action: name, rule, target: target.name, kind },
    ...(action.exclusive && { acts: true }),
    ...{ attempts: 0, outcome: 'skipped', reason: REPLAY, took: 0, time },
  }));
}
