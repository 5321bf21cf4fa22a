import { OptionError } from '../core/errors.ts';
import type { Action, ActionContext, ActionPlugin, AlertEvent } from '../core/types.ts';
import { readDuration } from './options/read.ts';
import type { OwnerPrograms } from './owner/ask.ts';
import { compileArguments } from './process/arguments.ts';
import { isRunning } from './process/identity.ts';
import { loadRunner, type Runner } from './process/run.ts';
import { restartByCommand } from './restart/by-command.ts';
import { byOwner, ownedLineage } from './restart/by-owner.ts';
import { byUnit } from './restart/by-unit.ts';
import { alreadyGone } from './systemd/restart-unit.ts';
import { makeSystemctl } from './systemd/systemctl.ts';
import { SERVICE_NAME } from './systemd/unit.ts';
import { handOver } from './treatment/hand-over.ts';
import { makeParts, makeTellers, partsSchema, timeOf } from './treatment/parts.ts';
import { type Plan, plainLineage, type Way } from './treatment/plan.ts';
import { treat } from './treatment/treat.ts';
import { readVerify, VERIFY_SCHEMA, type VerifyOptions } from './treatment/verify.ts';

interface Options {
  readonly unit?: string;
  readonly command?: readonly string[];
  readonly wait?: string;
  readonly programs?: OwnerPrograms;
  readonly before?: readonly unknown[];
  readonly 'before-fails'?: 'stop' | 'go-on';
  readonly afterwards?: readonly unknown[];
  readonly verify?: VerifyOptions;
  readonly 'hand-over'?: readonly unknown[];
}

const OWNERS = ['pm2', 'supervisorctl', 'docker', 'podman'] as const satisfies readonly (keyof OwnerPrograms)[];
const insteadByHost = 'name the unit, restart: { unit: NAME.service }, or run a program by command';
/** For asking before and looking after, ms. */
const ASKING = 30_000;

const plugin: ActionPlugin = {
  summary: "restarts the target's systemd unit, or runs the command that does, and sees that it happened and helped",
  example: { unit: 'auto', wait: '2m', verify: { frees: '30%', within: '2m', up: '30s' } },
  // Still there when the rule reminds: once more, as often as `at-most` allows.
  on: ['fired', 'reminded'],
  acts: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      unit: {
        type: 'string',
        pattern: `^auto$|${SERVICE_NAME}`,
        description:
          "A service, or auto (if not said): whoever owns the target's processes restarts them: pm2, supervisor, docker, podman, else the unit of their control group.",
        examples: ['nginx.service'],
      },
      command: {
        type: 'array',
        minItems: 1,
        items: { type: 'string' },
        description: 'Run this instead of systemctl: the program and its arguments, no shell; {{…}} is filled in.',
      },
      wait: {
        $ref: '#/$defs/duration',
        default: '2m',
        description: 'How long it may take until it has been restarted.',
      },
      programs: {
        type: 'object',
        additionalProperties: false,
        description: 'Where the programs of owners are that are not in PATH.',
        properties: Object.fromEntries(
          OWNERS.map((name) => [name, { type: 'string', pattern: '^/', description: `Path of ${name}.` }]),
        ),
      },
      before: partsSchema(
        'Actions to run first, one after the other: drain it, keep evidence. One that fails stops it all.',
      ),
      'before-fails': {
        enum: ['stop', 'go-on'],
        default: 'stop',
        description: 'What happens when one of before fails: nothing is restarted, or it is all the same.',
      },
      afterwards: partsSchema(
        'Actions to run when it is up again, or was not restarted after all, which are told what came of it; not when it is down.',
      ),
      verify: VERIFY_SCHEMA,
      'hand-over': partsSchema('Actions that tell a person, once, when it is left to one, and of the end.'),
    },
  },
  async create(options: Options, context: ActionContext) {
    const wait = readDuration(['wait'], options.wait ?? '2m');
    const { way, lineage, ...place } = await chooseWay(options, wait, context);
    const plan: Plan = {
      before: await makeParts('before', options.before, context),
      afterwards: await makeParts('afterwards', options.afterwards, context),
      handOver: await makeTellers('hand-over', options['hand-over'], context),
      despite: options['before-fails'] === 'go-on',
      verification: readVerify(options.verify),
      way,
      ward: context.ward,
      courses: context.courses,
      evidence: context.evidence,
      present: (event) => stillPresent(event, context.proc),
      lineage,
    };
    return { ...place, ...restartAction(plan, wait) };
  },
};

export default plugin;

/** What a restart acts on, where that is said, and how. */
interface Chosen extends Pick<Action, 'place' | 'insteadByHost'> {
  readonly way: Way;
  /** What it is counted for. */
  readonly lineage: (event: AlertEvent) => string;
}

async function chooseWay(
  { unit, command, programs = {} }: Options,
  wait: number,
  { live, proc }: ActionContext,
): Promise<Chosen> {
  if (unit !== undefined && command !== undefined) {
    throw new OptionError(['command'], 'a unit is restarted by systemd: remove unit or command');
  }
  const compiled = command && compileArguments(['command'], command);
  const runner: Runner = live ? await loadRunner() : notLive;
  if (compiled !== undefined)
    return { insteadByHost, lineage: plainLineage, way: restartByCommand({ compiled, runner, wait, proc }) };
  const wanted = unit ?? 'auto';
  const way = byUnit({ systemctl: makeSystemctl(runner), wanted, wait, proc });
  if (wanted !== 'auto') return { place: wanted, lineage: () => wanted, way };
  const owner = byOwner({ runner, programs, wait, proc, otherwise: way });
  return { insteadByHost, lineage: ownedLineage(proc), way: owner };
}

function restartAction(plan: Plan, wait: number): Action {
  const { before, afterwards, verification } = plan;
  return {
    timeout: wait + ASKING + (verification?.aim.within ?? 0) + timeOf([...before, ...afterwards]),
    exclusive: true,
    lineage: plan.lineage,
    tells: [...afterwards, ...plan.handOver],
    async run(event, signal, post) {
      signal.throwIfAborted();
      return treat(plan, event, { signal, post });
    },
    handOver: (event, why, post) => handOver(plan, event, { why, post }).join('; '),
    async foresee(event, signal) {
      for (const { action } of before) await action.foresee?.(event, signal);
    },
    reopen() {
      for (const { action } of before) action.reopen?.();
    },
    async close() {
      await Promise.allSettled(before.map(async ({ action }) => action.close?.()));
    },
  };
}

/** Nothing is restarted for processes that are no longer there. @throws Skip */
function stillPresent(
  { target: { processes } }: AlertEvent,
  proc: string,
): AlertEvent['target']['processes'][number][] {
  const members = processes.filter((process) => isRunning(proc, process));
  if (processes.length > 0 && members.length === 0) throw alreadyGone(processes);
  return members;
}

function notLive(): Promise<never> {
  return Promise.reject(new Error('rules are only being checked: nothing is restarted'));
}
