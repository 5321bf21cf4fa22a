import { atMost, figureOf } from '../../core/bounds.ts';
import { oldestAge } from '../../core/measure.ts';
import { groupMetric, type MetricMeasure } from '../../core/metric.ts';
import { sumOf } from '../../core/standing.ts';
import type { ProcessSample, Snapshot } from '../../core/types.ts';
import type { Group, Groups } from './groups.ts';
import { type Sample, writeLabels } from './page.ts';

/** Series that a group has, whatever measures are asked for. */
const FIXED = 6;

/** How many series a group has at most, one for its build among them. */
export function seriesOfGroup(measures: readonly MetricMeasure[]): number {
  return FIXED + 3 * measures.length + 1;
}

/** The series of all groups. */
export function* groupSamples(
  { groups, standing }: Groups,
  { snapshot, measures }: { snapshot: Snapshot; measures: readonly MetricMeasure[] },
): Generator<Sample> {
  for (const { labels, members } of groups) {
    const sample = (name: string, value: number): Sample => ({ name, labels, value });
    yield* countsOf(members, snapshot, sample);
    for (const measure of measures) {
      const { low, high } = sumOf(members, measure, { snapshot, standing });
      yield sample(groupMetric(measure, 'read'), lastRead(members, measure));
      yield sample(groupMetric(measure, 'low'), low);
      yield sample(groupMetric(measure, 'high'), high);
    }
  }
}

function* countsOf(
  members: readonly ProcessSample[],
  { uptime, time, memory }: Snapshot,
  sample: (name: string, value: number) => Sample,
): Generator<Sample> {
  let [read, exact, age, limit] = [0, 0, 0, memory.total];
  for (const member of members) {
    const reading = member.exact ?? member.last;
    if (reading !== undefined) {
      read += 1;
      age = Math.max(age, member.exact === undefined ? uptime - reading.at : 0);
    }
    if (member.exact !== undefined) exact += 1;
    limit = Math.min(limit, member.ceiling ?? limit);
  }
  yield sample('psstop_group_processes', members.length);
  yield sample('psstop_group_read_processes', read);
  yield sample('psstop_group_exact_processes', exact);
  if (read > 0) yield sample('psstop_group_reading_age_seconds', age / 1000);
  // In whole seconds: the two clocks are not read at one moment, and a start must not seem to move.
  yield sample('psstop_group_start_time_seconds', Math.round((time - oldestAge(members, uptime)) / 1000));
  yield sample('psstop_group_limit_bytes', limit);
}

/** What was read last or, where that is less, what a process can have at most now. RSS is known of everybody. */
function lastRead(members: readonly ProcessSample[], measure: MetricMeasure): number {
  let sum = 0;
  for (const member of members) {
    const reading = measure === 'rss' ? (member.exact ?? member) : (member.exact ?? member.last);
    if (reading === undefined) continue;
    sum += 'pss' in reading ? figureAtMost(member, reading, measure) : reading.rss;
  }
  return sum;
}

function figureAtMost(member: ProcessSample, reading: NonNullable<ProcessSample['last']>, measure: MetricMeasure) {
  const figure = figureOf(reading, measure);
  return member.exact === undefined ? Math.min(figure, atMost(member, measure)) : figure;
}

/** Which builds run: as a rule one for each group. */
export function* generationSamples(groups: readonly Group[]): Generator<Sample> {
  for (const { labels, members } of groups) {
    for (const build of new Set(members.flatMap(({ process }) => process.build ?? []))) {
      const more = writeLabels([['build', build]]);
      yield { name: 'psstop_generation_info', labels: labels === '' ? more : `${labels},${more}`, value: 1 };
    }
  }
}
