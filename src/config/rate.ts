import { parseDuration } from '../core/units.ts';

/** So often in so many ms. */
export interface Rate {
  readonly times: number;
  readonly per: number;
}

/** Reads `3 per 1h`. @throws Error when it bounds nothing. */
export function parseRate(text: string): Rate {
  const [times = '', per = ''] = text.split(' per ');
  const rate = { times: Number(times), per: parseDuration(per) };
  if (rate.per === 0) throw new Error(`"${text}" is no limit: write 3 per 1h`);
  return rate;
}
