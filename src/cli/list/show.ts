import { writeFileSync } from 'node:fs';
import { jsonLine } from '../../core/escape.ts';
import { type ListOptions, list } from '../../core/list.ts';
import { listCsv, listJson } from '../../core/list-data.ts';
import { formatList, nothingListed } from '../../core/list-text.ts';
import type { Snapshot } from '../../core/types.ts';
import { Failure } from '../world.ts';
import type { ListRequest } from './request.ts';

/** Where lists are written. */
export interface Page {
  write(text: string): unknown;
  /** Width of the terminal; undefined where it is none. */
  readonly columns?: number | undefined;
}

/** Writes one list, and its file if there is to be one. @returns false when it has no rows. @throws Failure when the file can't be written. */
export function show(snapshot: Snapshot, request: ListRequest, out: Page): boolean {
  const { shown, only, json, file } = request;
  const options: ListOptions = { ...shown, ...(only && { only: ({ process }) => only(process) }) };
  const listing = list(snapshot, options);
  const found = listing.rows.length > 0;
  if (json) out.write(`${jsonLine(listJson(snapshot, options))}\n`);
  else if (file === '-') out.write(listCsv(listing));
  else if (found) out.write(formatList(listing, out.columns));
  if (file !== undefined && file !== '-') writeFile(file, listCsv(listing));
  return found;
}

/** What to say of a list without rows. */
export function nothingFound({ name, proc }: ListRequest): string {
  return name === undefined ? `No processes in ${proc}: is it a proc file system?` : nothingListed(name);
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`can't write ${file}: ${(error as Error).message}`);
  }
}
