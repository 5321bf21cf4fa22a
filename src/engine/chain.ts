/** Runs tasks of one key one after the other, those of different keys side by side. */
export interface Chains {
  run(key: string, task: () => Promise<void>): Promise<void>;
}

/** Makes chains. A key costs nothing once its last task is over. Tasks must not throw. */
export function createChains(): Chains {
  const tails = new Map<string, Promise<void>>();
  return {
    run(key, task) {
      const tail = (tails.get(key) ?? Promise.resolve()).then(task).finally(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      tails.set(key, tail);
      return tail;
    },
  };
}

/** Lets so many tasks run at once; the others wait in line. */
export function createGate(places: number): (task: () => Promise<void>) => Promise<void> {
  const line: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      await task();
    } finally {
      const next = line.shift();
      if (next) next();
      else free += 1;
    }
  };
}
