// Takes memory and never gives it back: leak.mjs STEP_MIB EVERY_MS MOST_MIB. Says how much it holds, ends on SIGTERM.
const [step = 4, every = 100, most = 100] = process.argv.slice(2).map(Number);
const held = [];

function take() {
  if (held.length * step >= most) return;
  // Filled, so that the pages are really there.
  held.push(Buffer.alloc(step * 2 ** 20, 1));
  process.stdout.write(`${held.length * step}\n`);
}

process.on('SIGTERM', () => process.exit(0));
setInterval(take, every);
take();
