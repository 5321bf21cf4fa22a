/** When lines are sent. */
export interface BatcherOptions {
  /** So many lines at once at most. */
  readonly lines: number;
  /** The first line of a batch waits at most so long for others, ms. */
  wait(): number;
  readonly send: (text: string, lines: number) => Promise<void>;
}

/** A batch is at most so long, characters: a server may refuse more. */
const LONGEST = 1_000_000;

/** Gathers lines into batches. A class, as it holds a timer. */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #sending = new Set<Promise<void>>();
  #text = '';
  #lines = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Takes whole lines. Never waits. */
  add(text: string): void {
    if (text.length > LONGEST || lineCount(text) > this.#options.lines) {
      for (const part of parts(text, this.#options.lines)) this.add(part);
      return;
    }
    if (text === '') return;
    const count = lineCount(text);
    if (this.#text.length + text.length > LONGEST || this.#lines + count > this.#options.lines) this.flush();
    this.#text += text;
    this.#lines += count;
    this.#timer ??= setTimeout(() => this.flush(), this.#options.wait()).unref();
  }

  /** Sends what has gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === 0) return;
    const sending = this.#options.send(this.#text, this.#lines).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
    this.#text = '';
    this.#lines = 0;
  }

  /** Sends what has gathered, and waits until all of it has been handed on. */
  async close(): Promise<void> {
    this.flush();
    await Promise.allSettled(this.#sending);
  }
}

const LINE_FEED = 10;

function lineCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Cuts between lines; a single line is never longer than what may be sent. */
function* parts(text: string, most: number): Generator<string> {
  let begin = 0;
  let lines = 0;
  for (let end = 0; end < text.length; end += 1) {
    if (text.charCodeAt(end) !== LINE_FEED) continue;
    lines += 1;
    if (lines < most && end + 1 - begin < LONGEST / 2) continue;
    yield text.slice(begin, end + 1);
    begin = end + 1;
    lines = 0;
  }
  if (begin < text.length) yield text.slice(begin);
}
