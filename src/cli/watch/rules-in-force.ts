import { compileRules } from '../../config/compile.ts';
import type { LoadedData } from '../../config/data.ts';
import { type LoadOptions, loadConfig } from '../../config/load.ts';
import { formatPlan, reloadPlan } from '../../config/reload.ts';
import { type RulesWatch, watchRules } from '../../config/watch.ts';
import { formatProblem, messageOf, Retry, RulesError } from '../../core/errors.ts';
import { actionsOf } from '../../core/recipients.ts';
import type { ActionContext, Rule } from '../../core/types.ts';
import { formatCount } from '../../core/units.ts';
import type { Bus } from '../../engine/bus.ts';

/** A loader that could not be started is tried again after this many ms. */
const TRY_AGAIN = 10_000;
/** A rejected set too: what is wrong may lie in a file that is not watched yet, or in no file at all. */
const LOOK_AGAIN = 60_000;

/** What is needed to load rules again. */
export interface InForceOptions {
  readonly request: LoadOptions;
  readonly data: LoadedData;
  readonly rules: readonly Rule[];
  readonly actionContext: ActionContext;
  readonly bus: Bus;
  /** Called with a new set, once it is in force: the next snapshot is judged by it. */
  swapped(rules: readonly Rule[]): void;
  /** Called when the first snapshot was judged by a new set: the actions of the old one are done with. */
  adopted(rules: readonly Rule[]): void;
}

/** The rules in force. A new set takes the place of the old one whole, or not at all. */
export class RulesInForce {
  readonly #options: InForceOptions;
  readonly #watch: RulesWatch;
  #data: LoadedData;
  #rules: readonly Rule[];
  /** Those by which the last snapshot was judged. */
  #adopted: readonly Rule[];
  #again: NodeJS.Timeout | undefined;
  /** What was said of the set that was rejected last: said once. */
  #rejected: string | undefined;
  /** What was said to be doubtful about the rules in force: said once. */
  #warned: readonly string[] = [];

  constructor(options: InForceOptions) {
    this.#options = options;
    this.#data = options.data;
    this.#rules = options.rules;
    this.#adopted = options.rules;
    this.#watch = watchRules({
      paths: options.data.watch,
      loaded: options.data.digests,
      onChange: () => this.#reload(),
      notice: (message) => options.bus.notice({ kind: 'rules-watch', severity: 'warning', message }),
    });
  }

  get rules(): readonly Rule[] {
    return this.#rules;
  }

  /** What is wrong with the set that was loaded last; undefined: it is in force. */
  get rejected(): string | undefined {
    return this.#rejected;
  }

  /** Says what is right and yet hardly what was meant. */
  warn(): void {
    const texts = this.#data.warnings.map(formatProblem);
    for (const message of texts) {
      if (this.#warned.includes(message)) continue;
      this.#options.bus.notice({ kind: 'rules-warning', severity: 'warning', message });
    }
    this.#warned = texts;
  }

  /** Loads now (SIGHUP), and says again what is wrong. */
  reload(): Promise<void> {
    this.#rejected = undefined;
    this.#warned = [];
    return this.#watch.check();
  }

  /** A snapshot was judged by these rules. */
  judgedBy(rules: readonly Rule[]): void {
    if (rules === this.#adopted || rules !== this.#rules) return;
    this.#adopted = rules;
    this.#options.adopted(rules);
  }

  async close(): Promise<void> {
    clearTimeout(this.#again);
    await this.#watch.close();
  }

  async #reload(): Promise<void> {
    const { request, actionContext, bus } = this.#options;
    clearTimeout(this.#again);
    try {
      const data = await loadConfig(request);
      const rules = await compileRules(data, { actionContext, env: request.env });
      // The files changed while they were read: this may be half of a change, and the next look brings the whole.
      if (!this.#watch.isCurrent()) return await discard(rules);
      const plan = reloadPlan(this.#rules, rules);
      const later = settingsChanged(this.#data, data) ? '; other settings take effect at the next start' : '';
      this.#rejected = undefined;
      this.#data = data;
      this.#rules = rules;
      this.#watch.follow(data.watch);
      this.#options.swapped(rules);
      bus.notice({
        kind: 'rules-loaded',
        severity: 'info',
        message: `${formatCount(rules.length, 'rule')} in force: ${formatPlan(plan)}${later}`,
        details: plan,
      });
      this.warn();
    } catch (error) {
      this.#reject(error);
    }
  }

  #reject(error: unknown): void {
    const { bus } = this.#options;
    const stays = `the ${formatCount(this.#rules.length, 'rule')} loaded before stay in force`;
    if (error instanceof Retry) {
      const message = `${error.message}; ${stays}, trying again in ${TRY_AGAIN / 1000} s`;
      bus.notice({ kind: 'rules-rejected', severity: 'warning', message });
      this.#again = setTimeout(() => void this.#watch.check(), TRY_AGAIN);
      return;
    }
    this.#again = setTimeout(() => void this.#watch.check(), LOOK_AGAIN);
    const why = messageOf(error);
    if (why === this.#rejected) return;
    this.#rejected = why;
    const details = error instanceof RulesError && { details: error.problems };
    bus.notice({
      kind: 'rules-rejected',
      severity: 'critical',
      message: `rules rejected, ${stays}: ${why.replaceAll('\n', '; ')}`,
      ...details,
    });
  }
}

/** What the running daemon can't take over: its pace, its roots, its sinks. */
function settingsChanged({ config: before }: LoadedData, { config: after }: LoadedData): boolean {
  const fixed = ({
    interval,
    heartbeat,
    reading,
    limits,
    proc,
    cgroup,
    plugins,
    on,
    state,
    sinks,
  }: LoadedData['config']): string =>
    JSON.stringify([interval, heartbeat, reading, limits, proc, cgroup, plugins, on, state, sinks]);
  return fixed(before) !== fixed(after);
}

/** A set of rules that is not used must leave nothing open. */
async function discard(rules: readonly Rule[]): Promise<void> {
  const actions = new Set(rules.flatMap(({ steps }) => steps.flatMap((step) => [...actionsOf(step)])));
  await Promise.allSettled([...actions].map(async (action) => action.close?.()));
}
