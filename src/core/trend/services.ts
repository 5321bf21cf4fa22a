import { type Comparison, compareBuilds, MOST_BUILDS, MOST_RUNS, type Run } from './generations.ts';

/** What was seen of one build of a service: its runs that have ended, the oldest first. Plain data. */
export interface Build {
  /** Which build it is: any text that another one does not have. */
  readonly build: string;
  readonly runs: readonly Run[];
}

/** The builds of services, each by a key of its own; of each the one that ended last stands last. */
export type Services = Map<string, readonly Build[]>;

/** So many services are remembered at most: those whose runs ended last. */
const MOST_SERVICES = 200;

/** Remembers a run that has ended, unless it told nothing. */
export function noteRun(services: Services, { service, build }: { service: string; build: string }, run: Run): void {
  if (run.held.every((bytes) => bytes === undefined)) return;
  const known = services.get(service) ?? [];
  const runs = [...(known.find((one) => one.build === build)?.runs ?? []), run].slice(-MOST_RUNS);
  // Of a build that is rolled back to, it was known before what it holds.
  const others = known.filter((one) => one.build !== build);
  services.delete(service);
  services.set(service, [...others, { build, runs }].slice(-MOST_BUILDS));
  for (const oldest of services.keys()) {
    if (services.size <= MOST_SERVICES) break;
    services.delete(oldest);
  }
}

/** Compares the run that goes on, and those of the same build before it, with those of all other builds. Undefined: too little was seen. */
export function compareRun(builds: readonly Build[], build: string, run: Run): Comparison | undefined {
  const [same, others] = [true, false].map((is) => builds.filter((one) => (one.build === build) === is));
  return compareBuilds(runsOf(others ?? []), [...runsOf(same ?? []), run]);
}

function runsOf(builds: readonly Build[]): Run[] {
  return builds.flatMap(({ runs }) => runs);
}

/** Plain data, from which `restoreServices` makes the same again; null for what a run did not reach. */
export function saveServices(services: Services): SavedServices {
  return [...services].map(([service, builds]) => ({
    service,
    builds: builds.map(({ build, runs }) => ({
      build,
      runs: runs.map(({ held }) => held.map((bytes) => (bytes === undefined ? null : Math.round(bytes)))),
    })),
  }));
}

/** Takes over what was saved. What can't be is left out. */
export function restoreServices(services: Services, saved: SavedServices): void {
  for (const { service, builds } of saved) {
    for (const { build, runs } of builds) {
      for (const held of runs) noteRun(services, { service, build }, { held: held.map((bytes) => bytes ?? undefined) });
    }
  }
}

/** `Services` as plain data. */
export type SavedServices = readonly {
  readonly service: string;
  readonly builds: readonly { readonly build: string; readonly runs: readonly (readonly (number | null)[])[] }[];
}[];
