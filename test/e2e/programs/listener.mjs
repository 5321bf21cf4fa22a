// A service that survives SIGUSR2 and notes each: listener.mjs RECORD NAME.
import { appendFileSync, writeFileSync } from 'node:fs';

const [record] = process.argv.slice(2);
writeFileSync(record, '');
process.on('SIGUSR2', () => appendFileSync(record, 'signalled\n'));
setInterval(() => undefined, 1000);
