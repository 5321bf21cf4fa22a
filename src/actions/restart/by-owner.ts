import { lineageOf } from '../../core/lineage.ts';
import type { AlertEvent, EventProcess } from '../../core/types.ts';
import type { OwnerPrograms } from '../owner/ask.ts';
import type { ContainerGroup } from '../owner/cgroup.ts';
import { byPm2, byRuntime, bySupervisor, type Request } from '../owner/managed.ts';
import { type Manager, type Owner, ownerOf } from '../owner/owner.ts';
import type { Runner } from '../process/run.ts';
import type { Way } from '../treatment/plan.ts';
import { replaced } from './by-command.ts';

/** What is needed to restart whatever owns a process. */
export interface OwnerRestart {
  readonly runner: Runner;
  readonly programs: OwnerPrograms;
  /** How long it may take until the processes have been replaced, ms. */
  readonly wait: number;
  readonly proc: string;
  /** What is done with those that systemd owns, or nobody. */
  readonly otherwise: Way;
}

/** Restarts what owns a target: pm2's app, supervisor's program, a container; else its unit. The unit of pm2 would take all apps with it. */
export function byOwner({ runner, programs, wait, proc, otherwise }: OwnerRestart): Way {
  return {
    async act(event, members, signal) {
      const [member] = members;
      const owner = member && ownerOf(proc, member.pid);
      if (member === undefined || owner === undefined) return otherwise.act(event, members, signal);
      const begin = performance.now();
      const said = await act(owner, { member, asking: { runner, programs, proc, signal }, wait });
      return replaced(said, { members: [member], proc, wait, signal, begin });
    },
    async state(event, signal, kept) {
      const [first] = event.target.processes;
      // Whether an owner set it up again or a person restarted it can't be told apart.
      if (first !== undefined && ownerOf(proc, first.pid) !== undefined) return kept;
      return otherwise.state?.(event, signal, kept);
    },
  };
}

/** What an act on an owned process is counted for: pm2 and supervisor have many in one unit. */
export function ownedLineage(proc: string): (event: AlertEvent) => string {
  return ({ target }) => {
    const [first] = target.processes;
    const owner = first && ownerOf(proc, first.pid);
    return owner !== undefined && 'manager' in owner ? `${owner.manager.kind} ${first?.name}` : lineageOf(target);
  };
}

function act(owner: Owner, request: Request): Promise<string> {
  if ('manager' in owner) return actOnManaged(owner.manager, request);
  const { container } = owner;
  const { runtime, rootless } = container;
  if ((runtime === 'docker' || runtime === 'podman') && !rootless) return byRuntime({ ...container, runtime }, request);
  throw new Error(leftAlone(container, request.member));
}

function actOnManaged(manager: Manager, request: Request): Promise<string> {
  if (manager.kind === 'pm2') return byPm2(manager, request);
  if (manager.kind === 'supervisor') return bySupervisor(manager, request);
  const tool = manager.kind === 'runit' ? '[sv, restart, NAME]' : '[s6-svc, -r, /run/service/NAME]';
  throw new Error(`${named(request.member)} belongs to ${manager.kind}: write restart: { command: ${tool} }`);
}

function leftAlone({ runtime, id, pod, rootless }: ContainerGroup, member: EventProcess): string {
  const who = `${named(member)} belongs to`;
  if (runtime === 'kubernetes')
    return `${who} Kubernetes (pod ${pod}): it is left to the kubelet; set resources.limits.memory there, or write restart: { command: [kubectl, …] }`;
  const whose = rootless ? `a user's own ${runtime}` : runtime;
  return `${who} ${whose} (container ${id.slice(0, 64)}): it is left alone; write restart: { command: […] } with the program that restarts it`;
}

function named({ name, pid }: EventProcess): string {
  return `${name} (${pid})`;
}
