import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diceFrom } from './dice.ts';
import { countersOf, rollupOf } from './figures.ts';
import { CHUNK, COMMON, type Mirror, newMirror } from './mirror.ts';
import { canCompile, type Sharing, startSharing } from './program.ts';

const STEPS = 150;
/** What the program itself takes, and shares with its forks, kB: its stack, its heap, its data. */
const OWN = 120;

describe.skipIf(!canCompile)('the model of sharing and the kernel agree', () => {
  let program: Sharing;
  let mirror: Mirror;
  const pids = new Map<number, number>();
  beforeAll(async () => {
    program = await startSharing(CHUNK * COMMON);
    mirror = newMirror();
    pids.set(0, program.pid);
  });
  afterAll(() => program.end());

  test('on what every process holds, after each of many forks, copies, exits and shared pages', async () => {
    const dice = diceFrom(3);
    for (let step = 0; step < STEPS; step += 1) {
      const command = mirror.next(dice);
      const answer = await program.tell(command);
      const [, verb, number] = command.split(' ');
      if (verb === 'fork' || verb === 'twin') pids.set(Number(number), answer);
      for (const [member, { space }] of mirror.members) {
        const kernel = kernelFigures(pids.get(member) ?? 0);
        const { pssAnon, pssShmem } = rollupOf(space);
        const { anon, shmem } = countersOf(space);
        const where = `${step}: ${command}: process ${member}`;
        expect(kernel.pssAnon - pssAnon, `anonymous, ${where}`).toSatisfy(isOwn);
        expect(kernel.rssAnon - anon * 4, `resident, ${where}`).toSatisfy(isOwn);
        expect(kernel.pssShmem, `shared, ${where}`).toBe(pssShmem);
        expect(kernel.rssShmem, `shared resident, ${where}`).toBe(shmem * 4);
      }
    }
  });
});

function isOwn(kb: number): boolean {
  return kb >= 0 && kb <= OWN;
}

function kernelFigures(pid: number): Record<'pssAnon' | 'pssShmem' | 'rssAnon' | 'rssShmem', number> {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
  return {
    pssAnon: kb(rollup, 'Pss_Anon'),
    pssShmem: kb(rollup, 'Pss_Shmem'),
    rssAnon: kb(status, 'RssAnon'),
    rssShmem: kb(status, 'RssShmem'),
  };
}
