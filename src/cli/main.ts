#!/usr/bin/env node
// Node opens its inspector at SIGUSR1 unless somebody handles it.
process.on('SIGUSR1', () => undefined);

const { cli } = await import('./cli.ts');
const { readVersion } = await import('./version.ts');

// A reader that went away (`psstop | head`) is no error; a full disk is. Without a handler both would end in a stack trace.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The daemon has its own way to end.
    if (stream.listenerCount('error') > 1 || stream === process.stderr) return;
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`psstop: can't write: ${error.message}\n`);
    process.exit(1);
  });
}

const code = await cli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  // Making the stream takes a while, and only the live view reads it.
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  version: readVersion(),
  onSignal(signal, handle) {
    process.on(signal, handle);
    return () => process.off(signal, handle);
  },
});
process.exitCode = code;
// Whatever is still open now must not keep a finished program alive.
setTimeout(() => process.exit(code), 2_000).unref();
