import { OptionError } from '../../core/errors.ts';
import { identityOf, membersOf, type Patient, patientOf } from '../../core/patient.ts';
import { type Aim, freedShare, isOver, observe, type Treatment, weigh } from '../../core/treatment.ts';
import type { AlertEvent, Ward } from '../../core/types.ts';
import { formatDuration, formatSize, parsePercent } from '../../core/units.ts';
import { readDuration } from '../options/read.ts';

/** What `verify` says, as written. */
export interface VerifyOptions {
  readonly frees?: string;
  readonly within?: string;
  readonly up?: string;
  readonly lasts?: string | undefined;
  readonly tries?: number;
}

/** Schema of `verify`. */
export const VERIFY_SCHEMA: { readonly [key: string]: unknown } = {
  type: 'object',
  additionalProperties: false,
  description: 'What the restart must bring about; one that does not is not repeated, but left to a person.',
  properties: {
    frees: { $ref: '#/$defs/percent', description: 'So much of what was held before must be free again.' },
    within: { $ref: '#/$defs/duration', default: '2m', description: 'How long that may take.' },
    up: {
      $ref: '#/$defs/duration',
      default: '30s',
      description: 'How long a new process must have been there before it is looked at.',
    },
    lasts: {
      $ref: '#/$defs/duration',
      description: 'How long it must do: a restart after which the next one is due sooner did not help.',
    },
    tries: {
      type: 'integer',
      minimum: 1,
      maximum: 10,
      default: 1,
      description: 'So many restarts in a row may be without effect before it is left to a person.',
    },
  },
};

/** What a restart must bring about, and how often it may fail to. */
export interface Verification {
  readonly aim: Aim;
  /** How long it must do, ms; 0: for any time. */
  readonly lasts: number;
  readonly tries: number;
}

/** Reads `verify`. @throws OptionError */
export function readVerify(options: VerifyOptions | undefined): Verification | undefined {
  if (options === undefined) return undefined;
  const within = readDuration(['verify', 'within'], options.within ?? '2m');
  const up = readDuration(['verify', 'up'], options.up ?? (within < 60_000 ? '0s' : '30s'));
  if (up >= within) throw new OptionError(['verify', 'up'], 'nobody can be up for that long: make within longer');
  const frees = options.frees === undefined ? undefined : parsePercent(options.frees);
  if (frees !== undefined && (frees <= 0 || frees >= 1))
    throw new OptionError(['verify', 'frees'], `"${options.frees}" is no share of it: write 30%`);
  const lasts = options.lasts === undefined ? 0 : readDuration(['verify', 'lasts'], options.lasts);
  return { aim: { within, up, ...(frees !== undefined && { frees }) }, lasts, tries: options.tries ?? 1 };
}

/** What was there before the act. */
export interface Baseline {
  readonly patient: Patient;
  readonly old: ReadonlySet<string>;
  readonly memory?: number;
}

/** Looks at a target right before something is done to it. */
export async function takeBaseline(event: AlertEvent, aim: Aim, ward: Ward): Promise<Baseline> {
  const patient = patientOf(event.target);
  const named = event.target.processes.map(({ pid, start }) => `${pid}/${start}`);
  const snapshot = ward.last();
  const members = snapshot === undefined ? [] : membersOf(patient, snapshot);
  const old = new Set([...named, ...members.map(identityOf)]);
  const memory = aim.frees === undefined ? undefined : await ward.weigh(members);
  return { patient, old, ...(memory !== undefined && { memory }) };
}

/** Follows a target from snapshot to snapshot until its treatment has an end. @throws when the signal is aborted. */
export async function awaitEffect(
  { patient, old, memory }: Baseline,
  aim: Aim,
  { ward, signal }: { ward: Ward; signal: AbortSignal },
): Promise<Treatment> {
  const first = await ward.next(signal);
  const begun = { aim, patient, old, phase: 'settling', at: first.uptime } as const;
  let treatment = observe(memory === undefined ? begun : { ...begun, before: memory }, first);
  let snapshot = first;
  for (;;) {
    if (treatment.phase === 'up')
      treatment = weigh(treatment, await ward.weigh(membersOf(patient, snapshot)), snapshot.uptime);
    if (isOver(treatment)) return treatment;
    snapshot = await ward.next(signal);
    treatment = observe(treatment, snapshot);
  }
}

/** Says how a treatment ended: `612 MiB before, 98.0 MiB now: 84 % free again`. */
export function describeEffect(treatment: Treatment): string {
  const { phase, aim, before, after } = treatment;
  const share = freedShare(treatment);
  const figures =
    share === undefined || before === undefined || after === undefined
      ? ''
      : `${formatSize(before)} before, ${formatSize(after)} now: ${Math.round(share * 100)} % freed`;
  switch (phase) {
    case 'not-back':
      return `no new process of it was up for ${formatDuration(aim.up)} within ${formatDuration(aim.within)}`;
    case 'unread':
      return 'what it freed could not be read';
    case 'freed-too-little':
      return `${figures}, ${Math.round((aim.frees ?? 0) * 100)} % were to be`;
    default:
      return figures || `up for ${formatDuration(aim.up)}`;
  }
}
