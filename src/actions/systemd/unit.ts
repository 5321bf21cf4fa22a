import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertEvent, EventProcess } from '../../core/types.ts';
import type { UnitState } from './systemctl.ts';

/** A service's name (systemd.unit(5)), without the wildcards that systemctl would expand. */
export const SERVICE_NAME: string = String.raw`^[A-Za-z0-9_][A-Za-z0-9:_.\\@-]*\.service$`;

/** Whoever restarts these takes the host or everybody's session down with them. */
const NEVER = /^(user@.*|user-runtime-dir@.*|systemd-(journald|udevd|logind)|dbus|dbus-broker)\.service$/;
/** Parts of systemd: restarted only when the rule names them. */
const SYSTEMS_OWN = /^systemd-.*\.service$/;

/** The unit that a rule means, by name or from the event's own processes. @throws Error that says why there is none to restart. */
export function chooseUnit(event: AlertEvent, wanted: string): string {
  const auto = wanted === 'auto';
  const unit = auto ? event.target.unit : wanted;
  if (unit === undefined) {
    throw new Error(
      'unit: auto finds no unit: the processes belong to none, or to several; name it, or group by: unit',
    );
  }
  if (!new RegExp(SERVICE_NAME).test(unit)) throw new Error(`${unit} is not a service: it is not restarted`);
  if (NEVER.test(unit) || (auto && SYSTEMS_OWN.test(unit)))
    throw new Error(`${unit} is part of the system: it is not restarted`);
  return unit;
}

/**
 * Makes sure that systemd means the same unit as we do. Any user can run a process in a unit of his own with the name of a
 * system service; its control group tells them apart.
 * @throws Error
 */
export function checkMembers(state: UnitState, members: readonly EventProcess[], proc: string): void {
  const stranger = members.find(({ pid }) => !isWithin(readCgroups(proc, pid), state.cgroup));
  if (stranger === undefined) return;
  const who = `${stranger.name} (${stranger.pid})`;
  throw new Error(
    `${who} is not in the system's ${state.id}, but in a unit of the same name elsewhere: it is not restarted`,
  );
}

/** Refuses to restart the unit that psstop itself runs in. @throws Error */
export function checkNotOurs(state: UnitState): void {
  if (!isWithin(readCgroups('/proc', process.pid), state.cgroup)) return;
  throw new Error(`psstop itself runs in ${state.id}: it does not restart itself`);
}

function isWithin(paths: readonly string[], cgroup: string): boolean {
  if (cgroup === '' || cgroup === '/') return false;
  return paths.some((path) => path === cgroup || path.startsWith(`${cgroup}/`));
}

/** The control groups of a process in systemd's own hierarchy and in that of version 2 (cgroups(7)). */
function readCgroups(proc: string, pid: number): string[] {
  let text: string;
  try {
    text = readFileSync(join(proc, String(pid), 'cgroup'), 'utf8');
  } catch {
    return [];
  }
  return [...text.matchAll(/^\d+:(?:name=systemd)?:(\/.*)$/gm)].flatMap(([, path]) =>
    path === undefined ? [] : [path],
  );
}
