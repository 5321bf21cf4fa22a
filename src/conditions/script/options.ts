import { OptionError, readOption } from '../../core/errors.ts';
import type { JsonSchema, Measure } from '../../core/types.ts';
import { parseDuration } from '../../core/units.ts';

/** The options as written. */
export interface ScriptOptions {
  readonly file: string;
  readonly needs?: readonly Measure[];
  readonly with?: unknown;
  readonly timeout?: string;
}

/** The options as they are reckoned with. */
export interface ScriptSettings {
  readonly file: string;
  /** Of the module, as it was when the rules were loaded. */
  readonly url: string;
  readonly needs: readonly Measure[];
  readonly options: unknown;
  /** ms */
  readonly timeout: number;
}

const SHORTEST = 1;
const LONGEST = 1_000;

/** Schema of the options. */
export const scriptSchema: JsonSchema = {
  type: 'object',
  properties: {
    file: {
      description: 'Absolute path of a module whose default export is a function of a target.',
      type: 'string',
      pattern: '^/',
    },
    needs: {
      description: 'Measures that must be known exactly; of the others it is given bounds.',
      type: 'array',
      items: { $ref: '#/$defs/measure' },
      uniqueItems: true,
    },
    with: { description: 'Handed to the module as it is.' },
    timeout: {
      description: 'So long it may take over one target, up to 1s; the daemon waits for it. 100ms when not given.',
      $ref: '#/$defs/duration',
    },
  },
  required: ['file'],
  additionalProperties: false,
};

/** Reads the options and finds the module. @throws OptionError that leads to the wrong one. */
export async function readScript({ file, needs = [], timeout, with: options }: ScriptOptions): Promise<ScriptSettings> {
  const ms = readOption(['timeout'], () => parseDuration(timeout ?? '100ms'));
  if (ms < SHORTEST || ms > LONGEST) throw new OptionError(['timeout'], 'write a time from 1ms to 1s');
  const { findModule } = await import('../../files/script-module.ts');
  return { file, url: readOption(['file'], () => findModule(file)), needs, options, timeout: ms };
}
