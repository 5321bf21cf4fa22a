import { setTimeout as pause } from 'node:timers/promises';
import { Skip } from '../../core/errors.ts';
import type { AlertEvent, EventProcess } from '../../core/types.ts';
import { formatDuration } from '../../core/units.ts';
import { isRunning } from '../process/identity.ts';
import { noteRestart, respectStartLimit } from './start-limit.ts';
import type { Systemctl, UnitState } from './systemctl.ts';
import { checkMembers, checkNotOurs, chooseUnit } from './unit.ts';

/** What is needed to restart a unit. */
export interface UnitRestart {
  readonly systemctl: Systemctl;
  /** `auto`, or the name of a service. */
  readonly wanted: string;
  /** How long it may take until it runs again, ms. */
  readonly wait: number;
  readonly proc: string;
}

const LOOK_EVERY = 500;
/** It must still run after this, ms: a service that ends right after its start has not been restarted. */
const SETTLE = 1_000;

/** Restarts the unit of an event and sees it run. @param members the event's processes that are still there. @returns what was done. @throws Retry, Error */
export async function restartUnit(
  event: AlertEvent,
  members: readonly EventProcess[],
  { means, signal }: { means: UnitRestart; signal: AbortSignal },
): Promise<string> {
  const { systemctl, wanted, wait, proc } = means;
  const unit = chooseUnit(event, wanted);
  const before = await systemctl.show(unit, signal);
  if (before.load !== 'loaded') throw new Error(`systemd has no ${unit} (${before.load})`);
  chooseUnit(event, before.id);
  checkNotOurs(before);
  if (wanted === 'auto') checkMembers(before, members, proc);
  respectStartLimit(before, monotonic());
  // Asking took time: once more, right before acting.
  if (members.length > 0 && !members.some((member) => isRunning(proc, member))) throw alreadyGone(members);
  const begin = performance.now();
  noteRestart(before);
  const { code, output } = await systemctl.restart(before.id, signal, wait);
  if (code !== 0) throw new Error(`systemctl restart ${before.id} ended with ${code}: ${output}${hint(output)}`);
  const after = await seenRunning(before, { ...means, wait: wait - (performance.now() - begin), signal });
  return `restarted ${before.id} in ${formatDuration(performance.now() - begin)}: ${described(before)} -> ${described(after)}`;
}

/** Nothing is restarted: the processes have ended of themselves. */
export function alreadyGone(members: readonly EventProcess[]): Skip {
  const names = members.map(({ name, pid }) => `${name} (${pid})`);
  return new Skip(`already gone or restarted: ${names.join(', ')}`);
}

interface Seeing extends UnitRestart {
  readonly signal: AbortSignal;
}

async function seenRunning(before: UnitState, { systemctl, wait, signal }: Seeing): Promise<UnitState> {
  const end = performance.now() + wait;
  let now = await systemctl.show(before.id, signal);
  while (!isUp(now) && !isDown(now) && performance.now() < end) {
    await pause(LOOK_EVERY, undefined, { signal });
    now = await systemctl.show(before.id, signal);
  }
  if (isThrough(now)) return now;
  if (!isUp(now)) throw new Error(`${before.id} does not run after its restart: ${described(now)}`);
  if (generation(now) === generation(before))
    throw new Error(`systemd did not restart ${before.id}: ${described(now)} as before`);
  await pause(SETTLE, undefined, { signal });
  const later = await systemctl.show(before.id, signal);
  if (isUp(later) && generation(later) === generation(now)) return later;
  throw new Error(`${before.id} ended again right after its restart: ${described(later)}`);
}

function isUp({ active }: UnitState): boolean {
  return active === 'active';
}

/** A oneshot service has done its work when it has ended well; systemd then forgets that it ran. */
function isThrough({ active, type, result }: UnitState): boolean {
  return type === 'oneshot' && active === 'inactive' && result === 'success';
}

function isDown({ active }: UnitState): boolean {
  return active === 'failed' || active === 'inactive';
}

function generation(state: UnitState): string {
  return state.invocation || `${state.mainPid}/${state.startedAt}`;
}

function described({ active, sub, mainPid, result }: UnitState): string {
  const words = [
    `${active} (${sub})`,
    mainPid > 0 ? `main process ${mainPid}` : '',
    result === 'success' ? '' : result,
  ];
  return words.filter(Boolean).join(', ');
}

function hint(output: string): string {
  if (!/authentication required|access denied|not permitted/i.test(output)) return '';
  return ' (psstop may not restart it: run as root, or allow it by a polkit rule for org.freedesktop.systemd1.manage-units)';
}

function monotonic(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
