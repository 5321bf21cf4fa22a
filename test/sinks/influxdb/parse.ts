/** A point as a parser of the line protocol sees it: whole numbers are bigints. */
export interface Parsed {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string | number | bigint | boolean>>;
  readonly time: bigint;
}

/**
 * Reads lines as the specification of the line protocol has it (docs.influxdata.com, line protocol reference), strictly, and
 * without looking at how psstop writes them: a backslash takes its meaning from what follows.
 */
export function parseLines(text: string): Parsed[] {
  const reader = new Reader(text);
  const points: Parsed[] = [];
  while (!reader.done) points.push(reader.point());
  return points;
}

/** Where a parser stands in a text. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  point(): Parsed {
    const measurement = this.#word(', ');
    const tags = this.#pairs({}, () => this.#word(', '));
    const fields = this.#pairs(tags, () => this.#value(), ' ');
    const [line = '', time = ''] = /^ (\d{19})\n/.exec(this.#text.slice(this.#at, this.#at + 21)) ?? [];
    if (line === '') this.#fail('no time, in nanoseconds, at the end');
    this.#at += line.length;
    return { measurement, tags, fields, time: BigInt(time) };
  }

  #fail(what: string): never {
    const around = this.#text.slice(Math.max(0, this.#at - 40), this.#at + 20);
    throw new Error(`${what} at ${this.#at}: ${JSON.stringify(around)}`);
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #next(): string {
    this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  /** `,name=value` again and again, the first one after `first`. */
  #pairs<T>(others: object, value: () => T, first = ','): Record<string, T> {
    const found: Record<string, T> = {};
    for (let before = first; this.#peek() === before; before = ',') {
      this.#at += 1;
      const name = this.#word('=, ');
      if (this.#peek() !== '=') this.#fail('a tag or field without a value');
      this.#at += 1;
      if (name in found || name in others) this.#fail(`${name} stands twice`);
      found[name] = value();
    }
    if (first === ' ' && Object.keys(found).length === 0) this.#fail('no fields');
    return found;
  }

  /** A key or a tag's value: up to one of `ends` that no backslash stands before. */
  #word(ends: string): string {
    let found = '';
    for (let sign = this.#peek(); sign !== '' && !ends.includes(sign); sign = this.#next()) {
      if (sign === '\n') this.#fail('a line ends within a key');
      const escapes = sign === '\\' && /^[,= ]/.test(this.#text.slice(this.#at + 1, this.#at + 2));
      found += escapes ? this.#next() : sign;
    }
    return found === '' ? this.#fail('an empty key or tag') : found;
  }

  #value(): string | number | bigint | boolean {
    return this.#peek() === '"' ? this.#quoted() : this.#figure();
  }

  #quoted(): string {
    let found = '';
    for (let sign = this.#next(); sign !== '"'; sign = this.#next()) {
      if (sign === '' || sign === '\n') this.#fail('a text does not end');
      const escapes = sign === '\\' && /^["\\]/.test(this.#text.slice(this.#at + 1, this.#at + 2));
      found += escapes ? this.#next() : sign;
    }
    this.#at += 1;
    return found;
  }

  #figure(): number | bigint | boolean {
    const [found = ''] = /^[^, \n]+/.exec(this.#text.slice(this.#at, this.#at + 400)) ?? [];
    this.#at += found.length;
    if (found === 'true' || found === 'false') return found === 'true';
    if (/^-?\d+i$/.test(found)) return BigInt(found.slice(0, -1));
    if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(found)) return Number(found);
    return this.#fail(`"${found}" is no value`);
  }
}
