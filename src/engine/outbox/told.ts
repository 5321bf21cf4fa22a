import type { OutboxStore, Told } from '../../core/outbox/types.ts';

type Names = Pick<Told, 'alert' | 'rule' | 'step'>;

/** Who has been told, or is to be told, that an alert fired: nobody else hears of its end. */
export class ToldRegister {
  readonly #told = new Map<string, Told>();
  readonly #store: Pick<OutboxStore, 'tell' | 'forget'>;

  constructor(store: Pick<OutboxStore, 'tell' | 'forget'>) {
    this.#store = store;
  }

  /** @returns undefined when nobody was told. */
  get(names: Names): Told | undefined {
    return this.#told.get(keyOf(names));
  }

  /** Takes note, also of another receiver for the rest of the alert. */
  set(told: Told): void {
    this.#told.set(keyOf(told), told);
    this.#store.tell(told);
  }

  delete(names: Names): void {
    const told = this.get(names);
    if (told === undefined) return;
    this.#told.delete(keyOf(names));
    this.#store.forget(told);
  }

  all(): Iterable<Told> {
    return this.#told.values();
  }

  /** Takes what an earlier run of the program knew. */
  load(all: readonly Told[]): void {
    for (const told of all) this.#told.set(keyOf(told), told);
  }
}

function keyOf({ alert, rule, step }: Names): string {
  return `${alert}\n${rule}\n${step}`;
}
