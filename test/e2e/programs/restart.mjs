// What a user's restart command does: restart.mjs PID_FILE RECORD. Ends the process and notes that it was asked to.
import { appendFileSync, readFileSync } from 'node:fs';

const [pidFile, record] = process.argv.slice(2);
const pid = Number(readFileSync(pidFile, 'utf8'));
appendFileSync(record, `${pid}\n`);
process.kill(pid, 'SIGTERM');
