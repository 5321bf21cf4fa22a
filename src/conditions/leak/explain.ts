import type { History } from '../../core/trend/history.ts';
import type { LeakFinding } from '../../core/trend/leak/judge.ts';
import type { LeakingLives } from '../../core/trend/leak/lives.ts';
import type { Circumstances, Guard, Look, Manner } from '../../core/trend/leak/look.ts';
import { onsetOf } from '../../core/trend/leak/onset.ts';
import { formatDuration, formatSize, formatValue } from '../../core/units.ts';

const HOUR = 3_600_000;

/** Why a guard says that it is no leak. */
const REASONS: Readonly<Record<Guard, string>> = {
  size: 'that is too little to tell from its usual ups and downs',
  even: 'it came in few steps',
  spread: 'it did not come in every part of that time',
  steady: 'it slows down, as a cache does that fills',
  straight: 'it slows down with age, as fragmentation does',
  settling: 'the process may still be warming up',
  private:
    'private and resident memory did not grow with it: pages are shared by fewer processes, or more of shared ones are touched',
  load: 'its load rose as much',
  before: 'it grew faster before that',
  past: 'it held about as much before',
  cycle: 'it held as much before for about as long, and gave it back',
  seen: 'it has not been watched for long enough',
};

const MANNERS: Readonly<Record<Manner, string>> = {
  plain: '',
  load: ', once what follows its load is taken away',
  days: ', at the same hours of the day before',
  rest: ', once what settles, follows its load or comes back with the hour is taken away',
};

/** One sentence: what was retained, how fast, since when and what speaks for a leak; or what speaks against one. */
export function explain(finding: LeakFinding, scene: { history: History; about: Circumstances }): string {
  const { look, lives, grade } = finding;
  if (lives) return `${describeLives(lives)}${describeGrade(finding, scene.about)}`;
  if (look === undefined) return 'too little was seen to tell';
  const retained = describe(look);
  if (look.stopped !== undefined) {
    return grade === 'suspected'
      ? `perhaps a leak: ${retained}, but ${REASONS[look.stopped]}`
      : refusal(look, retained);
  }
  const since = formatDuration(onsetOf(scene.history.levels, look.window) * HOUR);
  return `${retained}, for about ${since}: evenly, in every part of that time, no slower than before, in private and resident memory too, more than was ever held before, and no rise of its load explains it${describeGrade(finding, scene.about)}`;
}

function describe({ window, manner, grown, level, rate }: Look): string {
  const share = level > 0 ? ` (${formatValue(grown / level, 'ratio')})` : '';
  const time = formatDuration(window.hours * HOUR);
  return `${formatSize(grown)}${share} more are retained than ${time} ago${MANNERS[manner]}, ${formatValue(rate / 3600, 'bytes/s')}`;
}

function refusal(look: Look, retained: string): string {
  if (look.stopped === 'size' && look.grown <= 0) {
    return `no leak: no more is retained than ${formatDuration(look.window.hours * HOUR)} ago`;
  }
  return `no leak: ${retained}, but ${look.stopped === undefined ? '' : REASONS[look.stopped]}`;
}

function describeLives({ count, hours, grown, rate }: LeakingLives): string {
  const time = formatDuration(hours * HOUR);
  return `it leaks in every life: in each of the last ${count}, ${time} together, ${formatSize(grown)} more were retained in the end than in the middle, ${formatValue(rate / 3600, 'bytes/s')}`;
}

function describeGrade({ grade }: LeakFinding, { ceiling }: Circumstances): string {
  return grade === 'page' ? `; it took a fifth or more, or comes near the ceiling of ${formatSize(ceiling)}` : '';
}
