// Watches with the shipped rules for two signs of life, asks psstop to end, and looks how it did: watch-briefly.mjs NODE PACKAGE
import { spawn } from 'node:child_process';

const [node, folder] = process.argv.slice(2);
const args = ['watch', '--rules', `${folder}/rules`, '--interval', '1s', '--heartbeat', '1s'];
const psstop = spawn(node, [`${folder}/dist/cli/main.js`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
let output = '';
let asked = false;
for (const stream of [psstop.stdout, psstop.stderr]) {
  stream.setEncoding('utf8').on('data', (text) => {
    output += text;
    if (asked || output.split(' alive ').length < 3) return;
    asked = psstop.kill('SIGTERM');
  });
}
const late = setTimeout(() => psstop.kill('SIGKILL'), 30_000);
psstop.on('close', (code, signal) => {
  clearTimeout(late);
  // V8 says so of a flag that it does not know.
  if (code === 0 && asked && !output.includes('unrecognized')) return;
  console.error(`psstop ended with ${code ?? signal}:\n${output}`);
  process.exitCode = 1;
});
