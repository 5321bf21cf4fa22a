import { snapshotChecker } from '../../config/check-snapshot.ts';
import type { Range } from '../../core/history/read.ts';
import type { Severity, Source } from '../../core/types.ts';
import { createBus } from '../../engine/bus.ts';
import { Rehearsal } from '../../engine/rehearsal.ts';
import { run } from '../../engine/run.ts';
import { linesSink } from '../../sinks/text/lines-sink.ts';
import { RecordingError, readRecording } from '../../sources/recording/read.ts';
import { openStoredHistory } from '../history/history.ts';
import { parseRange } from '../history/range.ts';
import { type Given, readOf, textOf } from '../options.ts';
import { loadUnsent } from '../unsent.ts';
import { warn } from '../warn.ts';
import { Failure, UsageError, type World } from '../world.ts';
import { openTally } from './tally.ts';
import { wouldWriter } from './would.ts';

/** Plays a recording through the rules as the daemon would, and says what it would have told. @returns the exit code: 1 and 3 only where it was asked to fail. */
export async function replay(given: Given, world: World): Promise<number> {
  const played = playedOf(given);
  const { rules, settings } = await loadUnsent(given, world);
  const { limits } = settings;
  const tally = openTally();
  const json = given.values.json === true;
  const style = { priority: false, format: json ? 'ndjson' : 'text', heartbeat: 0 } as const;
  const bus = createBus([linesSink(world.stdout, { ...style, pending: given.values.pending === true }), tally.sink]);
  const would = wouldWriter(world.stdout, json);
  const rehearsal = new Rehearsal({
    ...{ limits, quiet: limits.quiet },
    refused: (delivery) => bus.delivery(delivery),
    would: (one) => {
      tally.would(one);
      would(one);
    },
  });
  const notice = (message: string): void => warn(world, message);
  try {
    const { source, close } = await openPlayed(played, { given, world, notice });
    await run({
      ...{ source, rules: () => rules, bus },
      dispatch: (event, rule) => rehearsal.hear(event, rule),
      settle: (snapshot) => rehearsal.finish(snapshot),
    });
    rehearsal.end();
    close();
  } catch (error) {
    if (error instanceof RecordingError) throw new Failure(error.message);
    throw error;
  }
  await bus.close();
  notice(tally.text());
  return tally.exitCode(textOf(given, 'fail-on') as Severity | undefined);
}

/** What is played: a file, each second of which stands for so many; or what is stored of a stretch of time. */
type Played = { readonly file: string; readonly timeScale: number } | { readonly range: Range };

function playedOf(given: Given): Played {
  const [file, second] = given.operands;
  if (second !== undefined) throw new UsageError(`one recording at a time: "${second}" is one too many`);
  const range = readOf(given, 'range', (text) => parseRange(text, Date.now()));
  const timeScale = readOf(given, 'time-scale', readScale);
  if (given.values.history !== true) {
    if (range) throw new UsageError('--range is a stretch of the stored history: write --history too');
    if (file === undefined)
      throw new UsageError('replay which recording? Write its file, - for standard input, or --history');
    return { file, timeScale: timeScale ?? 1 };
  }
  if (file !== undefined) throw new UsageError(`--history or a recording: "${file}" is one too many`);
  if (timeScale !== undefined) throw new UsageError('--time-scale is for recordings');
  return { range: range ?? {} };
}

interface Asking {
  readonly given: Given;
  readonly world: World;
  notice(message: string): void;
}

async function openPlayed(
  played: Played,
  { given, world, notice }: Asking,
): Promise<{ source: Source; close(): void }> {
  if ('file' in played)
    return { source: readRecording({ ...played, check: snapshotChecker(), notice }), close: () => undefined };
  const reader = await openStoredHistory(given, world);
  return { source: reader.snapshots(played.range), close: () => reader.close() };
}

function readScale(text: string): number {
  const scale = Number(text);
  if (!(scale > 0 && scale <= 1e6)) throw new Error(`"${text}" is no scale: write a number such as 60`);
  return scale;
}
