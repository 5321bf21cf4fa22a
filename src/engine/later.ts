/** What is to be done later unless it is called off. A class, as it holds timers. */
export class Later {
  readonly #timers = new Map<string, () => void>();

  /** @param over called when it was done or called off. */
  set(key: string, after: number, { run, over }: { run: () => void; over: () => void }): void {
    const end = (): void => {
      clearTimeout(timer);
      this.#timers.delete(key);
      over();
    };
    const timer = setTimeout(() => {
      run();
      end();
    }, after);
    this.#timers.set(key, end);
  }

  cancel(key: string): void {
    this.#timers.get(key)?.();
  }

  close(): void {
    for (const end of this.#timers.values()) end();
  }
}
