/** Names of the users of the simulated host; one has none. */
export const USERS: Readonly<Record<number, string>> = {
  0: 'root',
  33: 'www',
  101: 'postgres',
  102: 'redis',
  103: 'java',
  105: 'qemu',
  1000: 'alice',
};
