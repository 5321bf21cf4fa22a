import { plainEnvironment } from '../process/environment.ts';
import { findProgram } from '../process/program.ts';
import type { Ended, Runner } from '../process/run.ts';
import { parseTimespan } from './timespan.ts';

/** What systemd knows of a unit. Durations and times are ms; times count on the monotonic clock. */
export interface UnitState {
  /** Its main name: a unit may have others. */
  readonly id: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly result: string;
  readonly type: string;
  readonly mainPid: number;
  readonly cgroup: string;
  /** Another one at each start. */
  readonly invocation: string;
  readonly startedAt: number;
  readonly automaticRestarts: number;
  readonly restartDelay: number;
  readonly limit: { readonly burst: number; readonly interval: number };
}

/** systemd, through its own tool. */
export interface Systemctl {
  show(unit: string, signal: AbortSignal): Promise<UnitState>;
  /** Returns when systemd is done with it, well or not, or throws after `timeout` ms; systemd goes on then. */
  restart(unit: string, signal: AbortSignal, timeout: number): Promise<Ended>;
}

const SHOW_TIMEOUT = 10_000;
const PROPERTIES = [
  ...['Id', 'LoadState', 'ActiveState', 'SubState', 'Result', 'Type', 'MainPID', 'ControlGroup', 'InvocationID'],
  ...['ExecMainStartTimestampMonotonic', 'NRestarts', 'RestartUSec', 'StartLimitBurst', 'StartLimitIntervalUSec'],
];

/** Makes the calls through `runner`; systemctl is looked for in PATH at each one. */
export function makeSystemctl(runner: Runner): Systemctl {
  const call = (args: readonly string[], timeout: number, signal: AbortSignal): Promise<Ended> => {
    const env = { ...plainEnvironment(), LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '', SYSTEMD_URLIFY: '0' };
    const file = findProgram('systemctl', env.PATH);
    return runner({ file, args, env, cwd: '/', outputLimit: 16_384, timeout, grace: 500 }, signal);
  };
  return {
    async show(unit, signal) {
      const ended = await call(['show', `--property=${PROPERTIES.join(',')}`, '--', unit], SHOW_TIMEOUT, signal);
      return readState(ended.output);
    },
    restart: (unit, signal, timeout) => call(['--no-ask-password', 'restart', '--', unit], timeout, signal),
  };
}

/** Reads what `systemctl show` prints. @throws Error when it is nothing of the kind. */
export function readState(output: string): UnitState {
  const properties = new Map(
    output.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
  const text = (name: string): string => properties.get(name) ?? '';
  const number = (name: string, otherwise: number): number => Number(properties.get(name) ?? otherwise) || 0;
  if (text('LoadState') === '') throw new Error(`systemctl can't be asked: ${JSON.stringify(output)}`);
  return {
    id: text('Id'),
    load: text('LoadState'),
    active: text('ActiveState'),
    sub: text('SubState'),
    result: text('Result'),
    type: text('Type'),
    mainPid: number('MainPID', 0),
    cgroup: text('ControlGroup'),
    invocation: text('InvocationID'),
    startedAt: number('ExecMainStartTimestampMonotonic', 0) / 1000,
    automaticRestarts: number('NRestarts', 0),
    restartDelay: parseTimespan(properties.get('RestartUSec') ?? '100ms'),
    limit: {
      burst: number('StartLimitBurst', 5),
      interval: parseTimespan(properties.get('StartLimitIntervalUSec') ?? '10s'),
    },
  };
}
