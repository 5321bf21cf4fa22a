import { type Batch, type Kept, LONGEST_KEPT, type Spool } from './spool.ts';

/** A spool that the program takes with it when it ends. @param bound bytes. @param now Unix ms. */
export function memorySpool(bound: number, now: () => number = Date.now): Spool {
  const kept: Kept[] = [];
  let size = 0;
  let next = 0;
  const shift = (): number => {
    const first = kept.shift();
    size -= first?.packed.length ?? 0;
    return first?.lines ?? 0;
  };
  const expire = (): number => {
    let lost = 0;
    while (kept[0] !== undefined && now() - kept[0].made > LONGEST_KEPT) lost += shift();
    return lost;
  };
  return {
    get size() {
      return size;
    },
    async put(batch: Batch) {
      kept.push({ ...batch, id: String(next) });
      next += 1;
      size += batch.packed.length;
      let lost = expire();
      while (size > bound && kept.length > 0) lost += shift();
      return lost;
    },
    async oldest() {
      const lost = expire();
      return { kept: kept[0], lost };
    },
    async drop(id) {
      const at = kept.findIndex((one) => one.id === id);
      const [gone] = at < 0 ? [] : kept.splice(at, 1);
      size -= gone?.packed.length ?? 0;
    },
  };
}
