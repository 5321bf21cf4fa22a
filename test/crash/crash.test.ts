import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { type Dice, diceFrom } from '../simulation/dice.ts';
import { compare, expectedEvents } from './model.ts';
import { misbehaving } from './receiver.ts';

/** How often the program is killed. */
const LIVES = Number(process.env.PSSTOP_CRASHES ?? 30);
/** Repeats a run. */
const SEED = Number(process.env.PSSTOP_SEED ?? Math.floor(Math.random() * 2 ** 31));
const CHILD = new URL('child.mjs', import.meta.url).pathname;
/** More snapshots than any life gets through. */
const FAR = 1_000_000;

interface Life {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<{ code: number | null; said: string }>;
}

function begin(folder: string, last: number, urls: readonly string[]): Life {
  const child = spawn(process.execPath, [CHILD, folder, String(SEED), String(last), ...urls]);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => resolve());
  });
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, said }));
  });
  return { child, ready, ended };
}

/** Kills it at a random moment: mostly while it works, now and then while it starts. */
async function kill({ child, ready, ended }: Life, dice: Dice): Promise<string> {
  const starting = dice.chance(0.1);
  if (!starting) await ready;
  await new Promise((resolve) => setTimeout(resolve, dice.between(0, starting ? 300 : 200)));
  child.kill('SIGKILL');
  return (await ended).said;
}

/** How many snapshots have been judged so far. */
async function judged(folder: string): Promise<number> {
  const { database, close } = await openStore(folder, { notice: () => undefined });
  const [row] = database.prepare('SELECT max(number) AS number FROM crash').all();
  close();
  return Number(row?.number ?? 0);
}

/** The last life, which ends when everybody has heard everything. @returns what went wrong. */
async function settle(folder: string, last: number, urls: readonly string[]): Promise<string> {
  const life = begin(folder, last, urls);
  const { code, said } = await life.ended;
  return code === 0 ? said : `${said}\nit ended with ${code}`;
}

it(`${LIVES} deaths cost nobody a message (PSSTOP_SEED=${SEED})`, { timeout: 60_000 + LIVES * 5_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-crash-'));
  const dice = diceFrom(SEED);
  const receivers = [await misbehaving(diceFrom(SEED + 1)), await misbehaving(diceFrom(SEED + 2))] as const;
  const urls = receivers.map(({ url }) => url);
  const troubles: string[] = [];
  for (let life = 0; life < LIVES; life += 1) {
    for (const receiver of receivers) receiver.begin(life);
    troubles.push(await kill(begin(folder, FAR, urls), dice));
  }
  for (const receiver of receivers) {
    receiver.begin(LIVES);
    receiver.behave();
  }
  const last = (await judged(folder)) + 20;
  troubles.push(await settle(folder, last, urls));
  const expected = expectedEvents(SEED, last);
  const results = receivers.map(({ arrivals }) => compare(expected, arrivals));
  const acts = readFileSync(join(folder, 'acts'), 'utf8').trim().split('\n');
  await Promise.all(receivers.map((receiver) => receiver.close()));
  rmSync(folder, { recursive: true });

  const moods = receivers.map((receiver) => JSON.stringify(receiver.moods)).join(' ');
  const counts = results.map(({ heard, again }) => `${heard} heard, ${again} again`).join('; ');
  console.log(`seed ${SEED}: ${LIVES} deaths in ${last} snapshots, ${expected.length} messages: ${counts}; ${moods}`);
  expect(troubles.join(''), `PSSTOP_SEED=${SEED}`).toBe('');
  for (const { faults } of results) expect(faults, `PSSTOP_SEED=${SEED}`).toEqual([]);
  expect(expected.length).toBeGreaterThan(LIVES / 2);
  // Nothing was done twice to a process.
  expect(acts).toEqual([...new Set(acts)]);
});
