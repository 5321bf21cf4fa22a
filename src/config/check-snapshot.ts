import { explain } from './explain.ts';
import { snapshotSchema } from './snapshot-schema.ts';
import { strictAjv } from './validate.ts';

/** Makes a test of snapshots that others have written: says where one departs from its schema, and how; undefined where it does not. */
export function snapshotChecker(): (data: unknown) => string | undefined {
  const { $schema, ...schema } = snapshotSchema('');
  const valid = strictAjv({ allErrors: false }).compile(schema);
  return (data) => {
    if (valid(data)) return undefined;
    const [finding] = explain(valid.errors ?? [], data);
    return finding && `${finding.path.join('.') || 'the snapshot'}: ${finding.message}`;
  };
}
