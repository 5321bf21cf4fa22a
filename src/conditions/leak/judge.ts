import type { History } from '../../core/trend/history.ts';
import { bucketFor, findLeak, GRADES, type LeakFinding, LOOK_EVERY } from '../../core/trend/leak/judge.ts';
import type { Circumstances } from '../../core/trend/leak/look.ts';
import { FACTOR } from '../../core/trend/levels.ts';
import type { Condition, HistoryWant, TargetView, Verdict } from '../../core/types.ts';
import { retained } from '../history/sight.ts';
import { explain } from './explain.ts';
import type { LeakSettings } from './options.ts';

const HOUR = 3_600_000;

/** Memory is given back when the newest bucket holds less than what was retained before and this share of what was taken since. */
const GIVEN_BACK = 0.5;

/** What was found when the history was last worth a look. Kept with the history, and gone with it. */
interface Note {
  /** The newest bucket of that time. */
  readonly newest: number;
  readonly finding: LeakFinding;
  /** The last finding of a leak that counts, and when it was, uptime in ms. */
  readonly leak: LeakFinding | undefined;
  readonly at: number;
}

/** Makes the condition: it begins to hold with a leak of the grade asked for, and holds until memory is given back or nothing was taken in as long a time. */
export function leaking(settings: LeakSettings): Condition {
  // Who holds less than half of it has not retained so much, and has still to retain the other half.
  const want = retained(bucketFor(settings.over), settings.atLeast / 2);
  return { wants: [want], needsHistory: true, test: (target) => test(settings, want, target) };
}

function test(settings: LeakSettings, want: HistoryWant, target: TargetView): Verdict | undefined {
  const history = target.history(want);
  const note = noteOf(history, settings, target);
  if (note === undefined) return undefined;
  const leak = stands(note, history, target) ? note.leak : undefined;
  const finding = leak ?? note.finding;
  const seen = seenIn(finding);
  if (seen === undefined) return undefined;
  return {
    met: leak !== undefined,
    value: seen.grown,
    limit: settings.atLeast,
    unit: 'bytes',
    because: () => {
      const about = circumstances(target, settings);
      return explain(leak ?? findLeak(history, about), { history, about });
    },
  };
}

/** What was found last; found anew when there is something new. Hot: asked of every target at every snapshot. */
function noteOf(history: History, settings: LeakSettings, target: TargetView): Note | undefined {
  const before = history.note as Note | undefined;
  const { levels, lives } = history;
  const { newest } = levels;
  if (newest < 0 || (before && newest - before.newest < LOOK_EVERY)) return before;
  const since = before && { since: before.newest };
  const finding = findLeak({ levels, lives, ...since }, circumstances(target, settings));
  const leaks = counts(finding, settings);
  const leak = leaks ? finding : before?.leak;
  const note: Note = { newest, finding, leak, at: leaks ? target.snapshot.uptime : (before?.at ?? 0) };
  history.note = note;
  return note;
}

function counts(finding: LeakFinding, { grade: mildest, atLeast }: LeakSettings): boolean {
  const grade = finding.grade === undefined ? -1 : GRADES.indexOf(finding.grade);
  return grade >= GRADES.indexOf(mildest) && (seenIn(finding)?.grown ?? 0) >= atLeast;
}

/**
 * Whether the last leak that was found still counts: until its window is looked at again, and while the alert fires for
 * as long as the window is, unless memory was given back.
 */
function stands({ leak, at }: Note, { levels }: History, { snapshot, firing }: TargetView): boolean {
  const seen = leak && seenIn(leak);
  if (leak === undefined || seen === undefined) return false;
  const level = leak.look?.window.level ?? 0;
  const turn = Math.max(LOOK_EVERY + 1, FACTOR ** level + 1) * levels.width;
  const hours = leak.lives?.hours ?? leak.look?.window.hours ?? 0;
  if (snapshot.uptime - at > (firing ? Math.max(turn, hours * HOUR) : turn)) return false;
  return leak.lives !== undefined || !(levels.latest < seen.level + GIVEN_BACK * seen.grown);
}

/** What the verdict rests on: the lives together, or a window. */
function seenIn({ lives, look }: LeakFinding): { readonly grown: number; readonly level: number } | undefined {
  return lives ?? look;
}

function circumstances(target: TargetView, { over }: LeakSettings): Circumstances {
  const age = (target.known('age') ?? 0) / HOUR;
  return { age, ceiling: target.ceiling(), cold: over / HOUR };
}
