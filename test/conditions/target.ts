import { IDLE } from '../../src/core/alert.ts';
import { Members } from '../../src/core/members.ts';
import { noStanding } from '../../src/core/standing.ts';
import { Target } from '../../src/core/target.ts';
import type {
  Condition,
  ConditionContext,
  ConditionPlugin,
  ProcessSample,
  Snapshot,
  TargetView,
  Verdict,
} from '../../src/core/types.ts';
import { rule, snapshot } from '../core/world.ts';

/** Makes a condition as the loader does, from its one-key data: `{ above: { pss: '500MiB' } }`. */
export async function condition(data: unknown): Promise<Condition> {
  const [[name, options] = ['', undefined]] = Object.entries(data as object);
  const { default: plugin } = (await import(`../../src/conditions/${name}.ts`)) as { default: ConditionPlugin };
  return plugin.create(options as never, context);
}

const context: ConditionContext = { interval: 0, warn: () => undefined, condition: (data) => condition(data) };

/** What a target is made of at one moment. */
export interface Moment {
  readonly members?: readonly ProcessSample[];
  readonly firing?: boolean;
  readonly seconds?: number;
  readonly host?: Partial<Snapshot>;
}

/** A target that has been seen once, without any history. */
export function target(moment: Moment): TargetView {
  return follow({ wants: [], test: () => undefined }).at(moment);
}

/** Asks a condition once, of a target without any history. */
export async function ask(data: unknown, moment: Moment): Promise<Verdict | undefined> {
  return follow(await condition(data)).ask(moment);
}

/** Follows one target through its snapshots with the core's own target, so that histories are the real ones. */
export function follow(when: Condition): { at(moment: Moment): TargetView; ask(moment: Moment): Verdict | undefined } {
  const group = new Members({ key: 'web', name: 'web' }, snapshot(0, []));
  const made = new Target(rule({ when }), group, noStanding());
  const at = ({ members = [], firing = false, seconds = 1000, host }: Moment): TargetView => {
    group.begin(snapshot(seconds, members, host));
    for (const member of members) group.add(member);
    made.alert = firing ? { ...IDLE, phase: 'firing' } : IDLE;
    group.gather();
    made.observe();
    return made;
  };
  return { at, ask: (moment) => when.test(at(moment)) };
}

/** What became of making a condition from wrong options: `path: message`. */
export async function refusal(data: unknown): Promise<string> {
  try {
    await condition(data);
  } catch (error) {
    const { path, message } = error as { path?: readonly unknown[]; message: string };
    return `${path?.join('.') ?? 'not an OptionError'}: ${message}`;
  }
  return 'accepted';
}
