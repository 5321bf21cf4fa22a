// Takes memory and never gives it back: leak.mjs STEP_MIB EVERY_MS MOST_MIB [NAME]. Says how much it holds.
const [step = 4, every = 100, most = 100] = process.argv.slice(2, 5).map(Number);
const name = process.argv[5];
const held = [];

function take() {
  if (held.length * step >= most) return;
  // Filled, so that the pages are really there.
  held.push(Buffer.alloc(step * 2 ** 20, 1));
  process.stdout.write(`${held.length * step} MiB\n`);
}

// libuv sets the kernel's name of the process along with its title.
if (name) process.title = name;
process.on('SIGTERM', () => process.exit(0));
setInterval(take, every);
take();
