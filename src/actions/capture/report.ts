import { setTimeout as pause } from 'node:timers/promises';
import { clip } from '../../core/escape.ts';
import type { EventProcess } from '../../core/types.ts';
import { formatDuration, formatSize } from '../../core/units.ts';
import { cgroupOf, descriptorsOf, statusOf } from './evidence.ts';
import { firstLook, keepFirstLook } from './first-look.ts';
import { cmdlineOf, type Means, smapsOf } from './programs.ts';
import { changesOf, compareHoldings, type Holdings } from './smaps.ts';

/** What is written of a process, and what grew most in it. */
export interface Report {
  readonly lines: readonly string[];
  /** `[heap] grew by 12.0 MiB in 52m`; absent where nothing grew. */
  readonly growth?: string;
}

/** Two readings of a process, and the time between them. */
interface Comparison {
  readonly before: Holdings;
  readonly after: Holdings;
  /** ms. */
  readonly apart: number;
}

/** So much of a mapping's name is told, characters. */
const LONGEST_NAME = 60;

/** Looks at a process twice, and compares that with the first look at it, where there was one; else this was the first. */
export async function describe(process: EventProcess, folder: string, means: Means): Promise<Report> {
  const { proc, between, signal } = means;
  const { pid, name } = process;
  const time = Date.now();
  const before = await smapsOf(pid, means);
  await pause(between, undefined, { signal });
  const after = await smapsOf(pid, means);
  const lines = [
    ...section(`${name} (${pid})`, [await cmdlineOf(pid, means)]),
    ...section('status', statusOf(proc, pid)),
    ...section('descriptors', descriptorsOf(proc, pid)),
    ...cgroupOf(proc, pid).flatMap(([title, rows]) => section(title, rows)),
  ];
  if (typeof before === 'string' || typeof after === 'string')
    return { lines: [...lines, ...section('mappings', [String(before)])] };
  const look = firstLook({ folder, proc }, process);
  keepFirstLook({ folder, proc }, process, { time, held: before });
  const short: Comparison = { before, after, apart: Date.now() - time };
  const long = look && { before: look.held, after, apart: Date.now() - look.time };
  const [head = '', ...rest] = section(
    `mappings, and what changed in ${formatDuration(between)}`,
    compareHoldings(before, after),
  );
  return { lines: [...since(look?.time, long), head, ...rest, ...lines], ...growthOf(long ?? short) };
}

/** Looks at a process for the first time, so that it can be compared with what it holds later. */
export async function lookAt(process: EventProcess, folder: string, means: Means): Promise<void> {
  if (firstLook({ folder, proc: means.proc }, process) !== undefined) return;
  const held = await smapsOf(process.pid, means);
  if (typeof held !== 'string') keepFirstLook({ folder, proc: means.proc }, process, { time: Date.now(), held });
}

/** A heading and what stands under it. */
export function section(title: string, lines: readonly string[]): string[] {
  return ['', `== ${title}`, ...lines];
}

function since(time: number | undefined, comparison: Comparison | undefined): string[] {
  if (time === undefined || comparison === undefined) return [];
  const { before, after, apart } = comparison;
  const title = `mappings, and what changed in ${formatDuration(apart)}, since ${new Date(time).toISOString()}`;
  return section(title, compareHoldings(before, after));
}

function growthOf({ before, after, apart }: Comparison): Pick<Report, 'growth'> {
  const [most] = changesOf(before, after);
  if (most === undefined || most.grown <= 0) return {};
  const name = clip(most.name, LONGEST_NAME);
  return { growth: `${name} grew by ${formatSize(most.grown)} in ${formatDuration(apart)}` };
}
