import { restartUnit, type UnitRestart } from '../systemd/restart-unit.ts';
import { chooseUnit } from '../systemd/unit.ts';
import type { Way } from '../treatment/plan.ts';

/** Restarts systemd units. */
export function byUnit(means: UnitRestart): Way {
  return {
    act: (event, members, signal) => restartUnit(event, members, { means, signal }),
    async state(event, signal, kept) {
      const { invocation, automaticRestarts } = await means.systemctl.show(chooseUnit(event, means.wanted), signal);
      // That it fell over and systemd set it up again is no change that anybody made.
      return (kept !== undefined && automaticRestarts > 0) || invocation === '' ? kept : invocation;
    },
  };
}
