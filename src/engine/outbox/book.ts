import type { Pace } from '../../core/outbox/pace.ts';
import { spare } from '../../core/outbox/room.ts';
import type { WaitingMessage } from '../../core/outbox/standing.ts';
import type { OutboxEntry, OutboxStore } from '../../core/outbox/types.ts';
import type { AlertEvent, Recipient, Step } from '../../core/types.ts';
import type { Sending } from './sending.ts';

/** How many messages may wait, and what they may hold together, bytes: memory and disk are bounded. */
export interface Room {
  readonly messages: number;
  readonly bytes: number;
}

export const ROOM: Room = { messages: 50_000, bytes: 64 * 2 ** 20 };
/** Room is made for so many at once: looking for what can be spared takes long. */
const SPARED_AT_ONCE = 500;
/** Where nothing could be spared, nobody looks again for so long, ms. */
const LOOK_AGAIN = 1_000;

/** What is to be sent, why, and to whom. */
export interface Letter {
  readonly event: AlertEvent;
  readonly step: Step;
  readonly to: Recipient;
}

/** What all messages on one alert from one step have in common. */
export type Story = Pick<OutboxEntry, 'alert' | 'rule' | 'step'>;

/** The messages that are on their way, in memory and, with the same ids, in the store. */
export class Book {
  readonly #store: OutboxStore;
  readonly #room: Room;
  /** By id, oldest first. */
  readonly #sendings = new Map<number, Sending>();
  readonly #stories = new Map<string, Set<Sending>>();
  #lastId = 0;
  #bytes = 0;
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(store: OutboxStore, room: Room = ROOM) {
    this.#store = store;
    this.#room = room;
  }

  get size(): number {
    return this.#sendings.size;
  }

  /** When the oldest was written, on performance.now(). */
  get oldest(): number | undefined {
    for (const { since } of this.#sendings.values()) return since;
    return undefined;
  }

  /** All messages, oldest first. */
  all(): Iterable<Sending> {
    return this.#sendings.values();
  }

  /** Writes a new message down. */
  write(letter: Letter): Sending {
    const { event, step, to } = letter;
    const [wall, now] = [Date.now(), performance.now()];
    const { alert, kind, rule } = event;
    const names = { id: this.#lastId + 1, event: event.id, alert, kind, rule, step: step.name, receiver: to.name };
    const entry = { ...names, since: wall, due: wall, attempts: 0, begun: false };
    const sending = this.#add(entry, letter, { since: now, due: now });
    this.#store.put(entry, event);
    return sending;
  }

  /** Takes over what an earlier run of the program wrote down. */
  resume(entry: OutboxEntry, letter: Letter, { longest }: Pace): Sending {
    const [wall, now] = [Date.now(), performance.now()];
    // The clock may have been set meanwhile: nothing waits for longer, or is younger, for that.
    const age = Math.max(0, wall - entry.since);
    const wait = Math.min(Math.max(0, entry.due - wall), longest);
    return this.#add(entry, letter, { since: now - age, due: now + wait });
  }

  /** Writes down what has changed. */
  change(sending: Sending, changes: Partial<OutboxEntry>): void {
    sending.entry = { ...sending.entry, ...changes };
    this.#store.put(sending.entry, sending.event);
  }

  /** Strikes a message out. */
  strike(sending: Sending): void {
    const { entry, event } = sending;
    sending.state = 'over';
    if (this.#sendings.delete(entry.id)) this.#bytes -= bytesOf(event);
    const story = this.#stories.get(storyOf(entry));
    story?.delete(sending);
    if (story?.size === 0) this.#stories.delete(storyOf(entry));
    this.#store.remove(entry.id);
  }

  /** The messages of a story that nobody is sending at the moment, oldest first. */
  waiting(names: Story): Sending[] {
    return [...(this.#stories.get(storyOf(names)) ?? [])].filter(({ state }) => state === 'waiting');
  }

  /** The messages on an alert, alone or with others, as one who asks for them sees them. */
  about(alert: string): WaitingMessage[] {
    const now = performance.now();
    return [...this.#sendings.values()]
      .filter(({ event }) => event.alert === alert || event.bundle?.alerts.some((one) => one.alert === alert))
      .map(({ to, entry, reason, due }) => {
        const { kind, attempts } = entry;
        return { to: to.name, kind, attempts, reason, in: Math.max(0, Math.round(due - now)) };
      });
  }

  isFull(): boolean {
    return this.#sendings.size >= this.#room.messages || this.#bytes >= this.#room.bytes;
  }

  /** What can be dropped to make room; nothing where nothing can. */
  spared(): readonly Sending[] {
    if (performance.now() - this.#fullAt < LOOK_AGAIN) return [];
    const messages = [...this.#sendings.values()].map((sending) => {
      const { entry, state } = sending;
      const { kind, attempts, receiver } = entry;
      const story = `${storyOf(entry)}\n${receiver}`;
      return { story, kind, untried: state === 'waiting' && attempts === 0, sending };
    });
    const dropped = spare(messages, SPARED_AT_ONCE).map(({ sending }) => sending);
    if (dropped.length === 0) this.#fullAt = performance.now();
    return dropped;
  }

  #add(entry: OutboxEntry, letter: Letter, times: Pick<Sending, 'since' | 'due'>): Sending {
    const { event } = letter;
    const sending: Sending = { ...letter, ...times, entry, lane: laneOf(event), state: 'waiting', reason: '' };
    this.#lastId = Math.max(this.#lastId, entry.id);
    this.#sendings.set(entry.id, sending);
    this.#bytes += bytesOf(event);
    const story = this.#stories.get(storyOf(entry)) ?? new Set();
    this.#stories.set(storyOf(entry), story.add(sending));
    return sending;
  }
}

/** What is told in its order: whatever one rule has to say of one target, over all its alerts. */
export function laneOf({ rule, target }: AlertEvent): string {
  return `${rule}\n${target.by} ${target.key}`;
}

function storyOf({ alert, rule, step }: Story): string {
  return `${alert}\n${rule}\n${step}`;
}

/** About what an event holds, as text: its own fields, its texts, and its processes. */
function bytesOf({ target, message, because, alerts }: AlertEvent & { readonly alerts?: readonly unknown[] }): number {
  return 800 + 80 * target.processes.length + message.length + because.length + 1_000 * (alerts?.length ?? 0);
}
