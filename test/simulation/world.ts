import type { ProcOptions } from '../../src/sources/proc/options.ts';
import { type ProcSource, procSource } from '../../src/sources/proc/source.ts';
import { READER } from '../sources/proc/start.ts';
import type { Dice } from './dice.ts';
import { diceFrom } from './dice.ts';
import { type Host, newHost } from './host.ts';
import { live, pause } from './life.ts';
import { newTree, type Tree } from './tree.ts';

/** A simulated host, and the folder that shows it. */
export interface World {
  readonly host: Host;
  readonly tree: Tree;
  readonly notices: string[];
  /** Lets some time pass, and shows what became of the host. */
  move(): void;
  /** A source that reads the folder, with the host's time. */
  source(options?: Partial<ProcOptions>): ProcSource;
  /** Ends all sources and deletes the folder. */
  close(): Promise<void>;
}

/** A world that is the same for the same seed. */
export function newWorld(seed: number): World {
  const dice: Dice = diceFrom(seed);
  const host = newHost(dice);
  const tree = newTree();
  const sources: ProcSource[] = [];
  const notices: string[] = [];
  const { root, cgroupRoot, passwd } = tree;
  const clock = { time: () => host.time, uptime: () => host.uptime };
  return {
    host,
    tree,
    notices,
    move() {
      live(host, pause(dice));
      tree.show(host);
    },
    source(options = {}) {
      const notice: ProcOptions['notice'] = ({ message }) => void notices.push(message);
      const patient = { deadline: 20_000, patience: Number.POSITIVE_INFINITY };
      const source = procSource({
        root,
        cgroupRoot,
        passwd,
        interval: 5000,
        reader: READER,
        clock,
        notice,
        ...patient,
        ...options,
      });
      sources.push(source);
      return source;
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
      tree.dispose();
    },
  };
}
