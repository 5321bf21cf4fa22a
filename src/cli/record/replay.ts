import { snapshotChecker } from '../../config/check-snapshot.ts';
import { compileRules } from '../../config/compile.ts';
import { loadConfig } from '../../config/load.ts';
import type { Sink } from '../../core/types.ts';
import { formatDuration } from '../../core/units.ts';
import { createBus } from '../../engine/bus.ts';
import { run } from '../../engine/run.ts';
import { linesSink } from '../../sinks/text/lines-sink.ts';
import { RecordingError, readRecording } from '../../sources/recording/read.ts';
import { type Given, readOf } from '../options.ts';
import { findPlaces } from '../places.ts';
import { Failure, UsageError, type World } from '../world.ts';

/** Plays a recording through the rules as the daemon would, and says what it would have told. @returns the exit code. */
export async function replay(given: Given, world: World): Promise<number> {
  const [file, second] = given.operands;
  if (file === undefined) throw new UsageError('replay which recording? Write its file, or - for standard input');
  if (second !== undefined) throw new UsageError(`one recording at a time: "${second}" is one too many`);
  const timeScale = readOf(given, 'time-scale', readScale) ?? 1;
  const data = await loadConfig({ ...findPlaces(given, world.env), env: world.env });
  const actionContext = { host: '', version: world.version, proc: '/proc', console: true, live: false };
  const rules = await compileRules(data, { actionContext, env: world.env });
  const tally = tallySink();
  const json = given.values.json === true;
  const style = { priority: false, format: json ? 'ndjson' : 'text', heartbeat: 0 } as const;
  const bus = createBus([linesSink(world.stdout, { ...style, pending: given.values.pending === true }), tally.sink]);
  const notice = (message: string): void => void world.stderr.write(`psstop: ${message}\n`);
  try {
    const source = readRecording({ file, timeScale, check: snapshotChecker(), notice });
    await run({ source, rules: () => rules, bus, dispatch: () => undefined });
  } catch (error) {
    if (error instanceof RecordingError) throw new Failure(error.message);
    throw error;
  }
  await bus.close();
  notice(tally.text());
  return 0;
}

/** Counts what goes by. */
function tallySink(): { sink: Sink; text(): string } {
  let [snapshots, fired, began, ended] = [0, 0, 0, 0];
  return {
    sink: {
      snapshot({ uptime }) {
        if (snapshots === 0) began = uptime;
        snapshots += 1;
        ended = uptime;
      },
      event: (event) => {
        if (event.type === 'alert' && event.kind === 'fired' && event.mode !== 'shadow') fired += 1;
      },
    },
    text: () =>
      `${snapshots} ${snapshots === 1 ? 'snapshot' : 'snapshots'} over ${formatDuration(Math.round(ended - began))}: ${fired} fired`,
  };
}

function readScale(text: string): number {
  const scale = Number(text);
  if (!(scale > 0 && scale <= 1e6)) throw new Error(`"${text}" is no scale: write a number such as 60`);
  return scale;
}
