/** An event as a program of the tests hands it to an action. @param about what its target is, besides the key and the name. */
export function plainEvent(about) {
  const alert = { type: 'alert', alert: 'a', id: 'a.1', kind: 'fired', rule: 'r', severity: 'warning', labels: {} };
  const finding = { value: 2, limit: 1, unit: 'bytes', because: 'b', message: 'm' };
  const target = { key: 'k', name: 'n', count: 1, ...about };
  return { ...alert, mode: 'active', host: 'h', ...finding, time: 1, since: 1, uptime: 1, target };
}
