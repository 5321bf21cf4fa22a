import type { OutboxEntry, SavedOutbox, Told } from '../../core/outbox/types.ts';
import { withParts } from '../../core/recipients.ts';
import type { Action, Recipient, Rule, Step } from '../../core/types.ts';
import type { Outbox } from './outbox.ts';
import { recipientOf } from './recipient.ts';
import type { Sending } from './sending.ts';

/**
 * Takes over what an earlier run of the program had not sent. What can't be sent any more, and what had begun and must not
 * be done twice, is over, and recorded as such. @returns what is to be released, in its order.
 */
export function resumeAll(outbox: Outbox, saved: SavedOutbox, rules: readonly Rule[]): Sending[] {
  outbox.told.load(saved.told);
  goOn(outbox.told.all(), rules);
  const released: Sending[] = [];
  for (const { entry, event } of saved.entries) {
    const found = findRecipient(entry, rules);
    const sending = outbox.resume(entry, { event, ...(found ?? nobody(entry)) });
    const { exclusive, once } = sending.to.action;
    if (found === undefined) {
      outbox.settle(sending, { outcome: 'failed', reason: `no rule tells ${entry.receiver} any more` });
    } else if (entry.begun && (exclusive || once)) {
      outbox.settle(sending, { outcome: 'failed', attempts: entry.attempts + 1, reason: UNKNOWN });
    } else if (exclusive) {
      outbox.settle(sending, { outcome: 'failed', reason: NEVER_BEGUN });
    } else released.push(sending);
  }
  return released;
}

/** Tells actions that were just made of the alerts that others were told before them. */
export function goOn(told: Iterable<Told>, rules: readonly Rule[]): void {
  for (const one of told) if (one.event) ownRecipient(one, rules)?.to.action.resume?.(one.event);
}

const UNKNOWN = 'psstop ended while this was under way: whether it was done is not known, and it is not done again';
const NEVER_BEGUN = 'psstop ended before this was begun: it is not done so much later';

/** The step that wrote it; else, where rules have changed, another that uses the same of the named actions. */
function findRecipient(entry: OutboxEntry, rules: readonly Rule[]): { step: Step; to: Recipient } | undefined {
  const own = ownRecipient(entry, rules);
  if (own !== undefined) return own;
  for (const step of withParts(rules.flatMap(({ steps }) => steps))) {
    const to = step.countedAs === entry.receiver ? step : recipientOf(step, entry.receiver);
    if (to !== undefined && (to !== step || step.countedAs === entry.receiver)) return { step, to };
  }
  return undefined;
}

function ownRecipient(
  { rule, step, receiver }: Pick<OutboxEntry, 'rule' | 'step' | 'receiver'>,
  rules: readonly Rule[],
): { step: Step; to: Recipient } | undefined {
  const steps = rules.find(({ name }) => name === rule)?.steps ?? [];
  const own = withParts(steps).find(({ name }) => name === step);
  const to = own && recipientOf(own, receiver);
  return own && to && { step: own, to };
}

/** Stands for an action that is no more. */
function nobody({ step, receiver }: OutboxEntry): { step: Step; to: Recipient } {
  const action: Action = { timeout: 0, run: () => Promise.reject(new Error('no such action')) };
  const to = { name: receiver, action };
  return { step: { ...to, name: step, countedAs: receiver, on: [], after: 0 }, to };
}
