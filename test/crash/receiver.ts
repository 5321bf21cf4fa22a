import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlertEvent } from '../../src/core/types.ts';
import type { Dice } from '../simulation/dice.ts';

/** One message that a receiver has read to its end. */
export interface Arrival {
  readonly id: string;
  readonly kind: AlertEvent['kind'];
  readonly target: string;
  /** The life of the sender in which it came, from 0. */
  readonly life: number;
  /** Answered with 204; not so, the sender can't know that it came. */
  readonly acknowledged: boolean;
  /** On performance.now(). */
  readonly at: number;
}

/** A receiver that misbehaves by chance. */
export interface Misbehaving {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** How often it did what, for the report. */
  readonly moods: Readonly<Record<Mood, number>>;
  /** The next life of the sender begins. */
  begin(life: number): void;
  /** From now on it takes everything. */
  behave(): void;
  close(): Promise<void>;
}

type Mood = 'take' | 'refuse' | 'fail' | 'hang' | 'drop';

/** Starts one. Its moods come from the dice: it takes a message in three of five cases. */
export async function misbehaving(dice: Dice): Promise<Misbehaving> {
  const arrivals: Arrival[] = [];
  const moods = { take: 0, refuse: 0, fail: 0, hang: 0, drop: 0 };
  let life = 0;
  let good = false;
  const server = createServer((request, response) => {
    const mood = good ? 'take' : (dice.pick(MOODS) ?? 'take');
    moods[mood] += 1;
    // Before a byte of it is read: nothing has come.
    if (mood === 'refuse') request.socket.destroy();
    else void read(request).then((text) => text !== undefined && settle(text, mood, response));
  });
  const settle = (text: string, mood: Mood, response: ServerResponse): void => {
    const event = JSON.parse(text) as AlertEvent;
    const { id, kind, target } = event;
    const acknowledged = mood === 'take';
    arrivals.push({ id, kind, target: target.name, life, acknowledged, at: performance.now() });
    if (mood === 'take') response.writeHead(204).end();
    else if (mood === 'fail') response.writeHead(500).end('not today');
    else if (mood === 'drop') response.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ...{ arrivals, moods },
    begin: (next) => {
      life = next;
    },
    behave: () => {
      good = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const MOODS: readonly Mood[] = ['take', 'take', 'take', 'take', 'take', 'take', 'refuse', 'fail', 'drop', 'hang'];

/** The whole body; undefined where the sender went away before. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  try {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    return text;
  } catch {
    return undefined;
  }
}
