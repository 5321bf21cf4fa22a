import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOfTree } from './cpu.mjs';
import { noted } from './mark.mjs';
import { compile, cpuOf, ENV, folder, interleave, PROGRAM, startUntil, withCrowd } from './measure.mjs';
import { median } from './median.mjs';

const PROCESSES = 1_000;
const ROUNDS = 7;
/** Looks of those that look again and again. */
const LOOKS = 10;

/** What a look at all processes costs: psstop's, and those of others that are installed here. */
export async function* measure() {
  const [cost, crowd, rollup] = ['cost', 'crowd', 'rollup'].map(compile);
  const results = await withCrowd(crowd, { count: PROCESSES }, async () => [
    ...lists(cost, rollup),
    ...(await repeaters(cost)),
  ]);
  const least = results[0].ms;
  for (const { what, ms } of results) {
    if (ms === undefined) yield { what: `peers: ${what} is not installed`, figure: '', mark: '', ok: true };
    else yield noted(`peers: ${what} (${(ms / least).toFixed(2)}x)`, ms, 'ms');
  }
}

/** Programs that list once. */
function lists(cost, rollup) {
  const commands = {
    'a C program that reads every smaps_rollup': [rollup],
    'psstop list': [process.execPath, PROGRAM],
    smem: ['smem'],
    'ps -eo pid,pss,comm': ['ps', '-eo', 'pid,pss,comm'],
  };
  const here = Object.entries(commands).filter(([, [program]]) => isInstalled(program));
  const figures = interleave(
    ROUNDS,
    here.map(
      ([, command]) =>
        () =>
          cpuOf(cost, command),
    ),
  );
  const found = new Map(here.map(([what], index) => [what, median(figures[index])]));
  return Object.keys(commands).map((what) => ({ what, ms: found.get(what) }));
}

async function repeaters(cost) {
  return [
    { what: 'psstop watch, nothing near its limit', ms: await psstopWatch() },
    { what: 'psstop watch with reading: { exact: always }', ms: await psstopWatch('--exact') },
    { what: 'atop -R', ms: isInstalled('atop') ? atop(cost) : undefined },
    { what: 'htop with the column PSS', ms: isInstalled('htop') ? await htop() : undefined },
    { what: 'process-exporter with smaps', ms: await exporter(true) },
    { what: 'process-exporter without smaps, which knows no PSS', ms: await exporter(false) },
    { what: 'monit, which knows no PSS', ms: isInstalled('monit') ? await monit() : undefined },
  ];
}

function isInstalled(program) {
  return program.startsWith('/') || spawnSync('which', [program], { env: ENV }).status === 0;
}

/** CPU time of one look of a program that takes one every second, ms. */
async function perSecond(pid, warmUp) {
  await sleep(warmUp * 1e3);
  const before = cpuOfTree(pid);
  await sleep(LOOKS * 1e3);
  return (cpuOfTree(pid) - before) / LOOKS;
}

async function psstopWatch(...options) {
  const rules = join(folder, 'peers.yaml');
  writeFileSync(rules, 'rules:\n  - { name: big, by: process, when: { above: { pss: 90% of ram } } }\n');
  const command = [process.execPath, PROGRAM, 'watch', '--rules', rules, '--interval', '1s', ...options];
  const watch = await startUntil(command, / started: /);
  return perSecond(watch.pid, 30).finally(() => watch.end());
}

/** Its first look costs more than the others: they are what more looks cost more. */
function atop(cost) {
  const [few, many] = [2, 2 + LOOKS];
  const looks = (count) => cpuOf(cost, ['atop', '-R', '1', String(count)]);
  return (looks(many) - looks(few)) / (many - few);
}

async function htop() {
  const settings = join(folder, 'htoprc');
  const screen = 'screen:Main=PID M_PSS Command\n.sort_key=M_PSS\n';
  writeFileSync(settings, `htop_version=3.2.2\nconfig_reader_min_version=3\nhide_userland_threads=1\n${screen}`);
  const inside = 'stty rows 50 cols 120; exec htop -d 10';
  // It tells on its standard error that it was ended.
  const command = ['sh', '-c', 'exec script -qfc "$0" /dev/null 2>/dev/null', inside];
  const running = await startUntil(command, /PSS/, { HTOPRC: settings, TERM: 'xterm' });
  return perSecond(running.pid, 2).finally(() => running.end());
}

async function exporter(smaps) {
  const program = 'prometheus-process-exporter';
  if (!isInstalled(program)) return undefined;
  const names = join(folder, 'exporter.yaml');
  writeFileSync(names, 'process_names:\n  - { name: "{{.Comm}}", cmdline: [".+"] }\n');
  const address = `127.0.0.1:${await freePort()}`;
  const options = [
    `-web.listen-address=${address}`,
    `-gather-smaps=${smaps}`,
    '-procnames=app-00,app-01',
    '-threads=false',
  ];
  const running = await startUntil(['sh', '-c', 'exec "$0" "$@" 2>&1', program, ...options], /Listening/);
  try {
    const scrape = async () => (await fetch(`http://${address}/metrics`)).text();
    await scrape();
    const before = cpuOfTree(running.pid);
    for (let look = 0; look < LOOKS; look += 1) await scrape();
    return (cpuOfTree(running.pid) - before) / LOOKS;
  } finally {
    await running.end();
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function monit() {
  const control = join(folder, 'monitrc');
  const files = ['id', 'state', 'pid'].map((name) => `set ${name}file ${join(folder, `monit.${name}`)}\n`).join('');
  const check = 'check process app matching "app-00"\n  if total memory > 90% then alert\n';
  writeFileSync(control, `set daemon 1\n${files}${check}`, { mode: 0o600 });
  const running = await startUntil(['sh', '-c', 'exec monit -I -v -c "$0" 2>&1', control], /[Mm]onit/);
  return perSecond(running.pid, 3).finally(() => running.end());
}
