import type { JsonSchema } from '../core/types.ts';
import { closed } from './shapes.ts';
import { TELLING } from './telling-schema.ts';

/** Schema of one rule. It refers to the definitions that schema.ts puts together. */
export const RULE: JsonSchema = {
  ...closed({
    name: { $ref: '#/$defs/name', description: 'Unique over all files.' },
    summary: { type: 'string', description: 'One line for people.' },
    enabled: { type: 'boolean', description: 'false: not judged at all. Default: true.' },
    mode: {
      enum: ['active', 'shadow', 'dry-run'],
      description: 'shadow: judged and counted, nothing told. dry-run: shown, actions only said. Default: active.',
    },
    severity: { $ref: '#/$defs/severity' },
    labels: {
      type: 'object',
      propertyNames: { $ref: '#/$defs/name' },
      additionalProperties: { type: 'string' },
      description: 'Handed on with every event.',
      examples: [{ team: 'web' }],
    },
    select: { $ref: '#/$defs/selector' },
    by: {
      enum: ['name', 'process', 'tree', 'unit', 'container', 'cgroup', 'user', 'exe', 'host'],
      description: 'How processes are put together into targets. Default: name.',
    },
    when: { $ref: '#/$defs/condition' },
    for: { $ref: '#/$defs/duration', description: 'Must hold this long before it fires. Default: 0s.' },
    keep: { $ref: '#/$defs/duration', description: 'Must be clear this long before it resolves. Default: 0s.' },
    repeat: { $ref: '#/$defs/duration', description: 'Remind this often while firing. Default: never.' },
    'no-data': {
      enum: ['keep', 'clear', 'fire'],
      description: 'What an alert does while its target cannot be read. Default: keep.',
    },
    message: {
      type: 'string',
      minLength: 1,
      description: 'Text of the event; {{target}}, {{value}}, {{limit}} and other fields are filled in.',
      examples: ['{{target}} holds {{value}} of {{limit}}'],
    },
    // biome-ignore lint/suspicious/noThenProperty: the rules' own word; nobody awaits a schema
    then: { type: 'array', items: { $ref: '#/$defs/step' }, description: 'Actions.' },
    ...TELLING,
  }),
  required: ['name', 'when'],
};
