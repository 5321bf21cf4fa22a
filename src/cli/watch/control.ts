import { messageOf } from '../../core/errors.ts';
import type { Memory } from '../../core/memory.ts';
import { surroundings } from '../../core/telling/desk.ts';
import type { Bus } from '../../engine/bus.ts';
import type { Teller } from '../../engine/teller.ts';
import type { Files } from '../control/progress.ts';
import type { Controlled } from '../control/routes.ts';
import type { Control } from '../control/server.ts';
import { socketOf } from '../control/socket.ts';
import type { Given } from '../options.ts';
import type { World } from '../world.ts';

/** Opens the control socket, where there is a place for it. Without one the watchdog watches all the same, and says so. */
export async function openControlSocket(
  given: Given,
  { env }: Pick<World, 'env'>,
  { controlled, bus }: { controlled: Controlled; bus: Pick<Bus, 'notice'> },
): Promise<Control | undefined> {
  const path = socketOf(given, env);
  if (path === undefined) return undefined;
  const { openControl } = await import('../control/server.ts');
  const { route } = await import('../control/routes.ts');
  try {
    return await openControl(path, (question) => route(question, controlled));
  } catch (error) {
    const message = `no control socket, so that alerts, silence, ack, reload and why can't reach this daemon: ${messageOf(error)}`;
    bus.notice({ kind: 'control', severity: 'warning', message });
    return undefined;
  }
}

/** Who knows what has become of alerts. */
interface Keepers {
  readonly teller: Pick<Teller, 'desk' | 'now'>;
  readonly courses: Files['courses'];
  readonly evidence: { readonly of: Files['evidence'] };
  readonly dispatcher: Pick<Files, 'waiting'>;
}

/** @returns what gathers all that there is to know of alerts, now. */
export function filesOf({ teller, courses, evidence, dispatcher }: Keepers): () => Files {
  return () => {
    const { desk } = teller;
    const { time, uptime } = teller.now();
    const waiting = (alert: string) => dispatcher.waiting(alert);
    return { desk, around: surroundings(desk, time), uptime, courses, evidence: evidence.of, waiting };
  };
}

/** The pauses between two snapshots, in which what the rules saw stands still. */
export interface Pauses {
  /** Resolves at once in a pause, else at the next one. */
  wait(): Promise<void>;
  /** A pause begins. */
  come(): void;
}

/** The pauses of a memory. */
export function pauses(memory: Pick<Memory, 'turn'>): Pauses {
  const waiting: (() => void)[] = [];
  return {
    wait: () => (memory.turn === undefined ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    come: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}
