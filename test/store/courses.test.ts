import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { CourseBook } from '../../src/engine/courses.ts';
import { openCourses } from '../../src/engine/courses.ts';
import { keepCourses, keptCourses } from '../../src/store/courses.ts';
import { openStore } from '../../src/store/open.ts';

it('what was left to a person still is after a restart of psstop, and is not said again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-courses-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const notices: string[] = [];
  async function run(work: (book: CourseBook) => void): Promise<void> {
    const { database, close } = await openStore(folder, { notice: () => undefined });
    const book = openCourses({ notice: ({ kind }) => void notices.push(kind) });
    book.restore(keptCourses(database), (all) => keepCourses(database, all));
    work(book);
    close();
  }
  await run((book) => {
    book.note('web.service', { time: 1, outcome: 'useless', freed: 0.02, state: 'a' });
    book.handOver('web.service', 'it did not help');
  });
  await run((book) => {
    expect(book.of('web.service')).toMatchObject({
      acts: [{ time: 1, outcome: 'useless', freed: 0.02, state: 'a' }],
      handedOver: { why: 'it did not help', state: 'a' },
    });
    expect(book.handOver('web.service', 'again')).toBe(false);
    book.takeUpAll('told to');
  });
  await run((book) => expect(book.of('web.service')).toEqual({ acts: [] }));
  expect(notices).toEqual(['handed-over', 'taken-up']);
});

it('that it can not be kept is said, and goes on', () => {
  const notices: string[] = [];
  const book = openCourses({ notice: ({ message }) => void notices.push(message) });
  book.restore({}, () => {
    throw new Error('no space left');
  });
  book.note('web.service', { time: 1, outcome: 'helped' });
  expect(book.of('web.service').acts).toHaveLength(1);
  expect(notices).toEqual(["what was done to web.service can't be kept over a restart: no space left"]);
});
