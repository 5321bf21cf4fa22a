/**
 * Holds while the workers hold more each, on average, than `with: { most: … }` bytes.
 * @type {import('psstop').ScriptCondition}
 */
export default ({ measures: { pss }, processes }, { with: { most } }) => {
  const each = pss.low / processes.length;
  return { met: each > most, value: each, limit: most, unit: 'bytes', because: `${processes.length} hold so much each` };
};
