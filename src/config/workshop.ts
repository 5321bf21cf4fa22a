import type { Action, ActionContext, ActionPlugin, Selector } from '../core/types.ts';
import type { Wrong } from './create.ts';
import type { LoadedData, Options, TimingData } from './data.ts';
import type { Fault } from './place.ts';
import type { Plugins } from './plugins.ts';
import type { Environment } from './variables.ts';

/** What is needed to make rules from data. */
export interface Workshop {
  readonly data: LoadedData;
  readonly plugins: Plugins;
  readonly env: Environment;
  readonly context: ActionContext;
  /** From one snapshot to the next, ms. */
  readonly interval: number;
  /** Everything that is found wrong on the way. */
  readonly faults: Fault[];
  /** What is right and yet hardly what was meant. */
  readonly warnings: Fault[];
  /** Actions that have been made: one serves all rules that say the same. */
  readonly made: Map<string, Promise<MadeAction | undefined>>;
  /** Selections that have been compiled, by what is written: rules that write the same have one. */
  readonly selections: Map<string, Promise<Selector>>;
  /** Checks the complete options of an action against its schema, where a validator is at hand. */
  readonly validate?: (action: string, options: Options) => Promise<readonly Wrong[]>;
}

/** An action and when it is due unless the rule says otherwise. */
export interface MadeAction {
  /** The user's name for it, else the plugin's. */
  readonly name: string;
  /** It stands under `actions`, for all rules. */
  readonly named: boolean;
  readonly action: Action;
  readonly plugin: ActionPlugin;
  readonly timing: TimingData;
}
