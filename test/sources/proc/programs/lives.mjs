// lives.mjs SCENARIO [PROGRAM]: follows processes with the built table as the first process of a pid namespace, where no pid is given out but by the scenario.
// Prints what it saw as JSON. To be run by `unshare --pid --fork --kill-child --mount-proc`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

let listed = 0;
const { readdirSync } = fs;
fs.readdirSync = (...args) => {
  listed += args[0] === '/proc' ? 1 : 0;
  return readdirSync(...args);
};
syncBuiltinESMExports();
const { ProcessTable } = await import('../../../../build/sources/proc/table.js');

const context = {
  root: '/proc',
  machine: { page: 4096, ticks: 100 },
  details: { cmdline: false, cgroup: false, exe: false, user: false, ceiling: false },
  lag: { pages: 0, pagesOfThread: 0 },
  uptime: 0,
  user: String,
  uptimeAt: (moment) => moment,
  settled: () => {},
};
const table = new ProcessTable(context);
const children = [];

function start(file, ...args) {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

async function end(child, signal = 'SIGKILL') {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Scans, with the table's clock standing still unless so many ms pass. */
async function scan(passed = 0) {
  context.uptime += passed;
  const before = listed;
  const gone = await table.scan();
  return { gone, listed: listed > before };
}

function entriesOf(processes) {
  const entries = [];
  processes.each((entry) => entries.push(entry));
  return entries;
}

function find(pid) {
  const entry = entriesOf(table).find((one) => one.pid === pid);
  return entry && { start: entry.start, name: entry.comm, ppid: entry.ppid, kept: entry.fd >= 0 };
}

function stat(pid) {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [state, ppid] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { name: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')), state, ppid: Number(ppid) };
}

async function until(holds) {
  for (let i = 0; i < 2000 && !holds(); i++) await pause(5);
  if (!holds()) throw new Error(`it did not happen: ${holds}`);
}

function childOf(pid) {
  return Number(fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
}

/** Which files of processes are open. */
function kept() {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => /^\/proc\/\d+\/statm/.test(link));
}

/** A process with a child that does not wait for it. */
async function family(script = 'sleep 1000 & exec sleep 1000') {
  const parent = start('sh', '-c', script);
  await until(
    () => childOf(parent.pid) > 0 && stat(parent.pid).name === 'sleep' && stat(childOf(parent.pid)).name !== 'sh',
  );
  return { parent, child: childOf(parent.pid) };
}

const scenarios = {
  /** Another process gets the pid of one that ended. */
  async reuse() {
    const first = start('sleep', '1000');
    await scan();
    const before = find(first.pid);
    const [entry] = entriesOf(table).filter(({ pid }) => pid === first.pid);
    await end(first);
    await pause(30);
    let second;
    for (let i = 0; i < 20 && second?.pid !== first.pid; i++) {
      if (second) await end(second);
      fs.writeFileSync('/proc/sys/kernel/ns_last_pid', String(first.pid - 1));
      second = start('sleep', '1000');
    }
    const lives = table.lives(entry);
    await scan();
    const old = table.get(first.pid, before.start) !== undefined;
    return { same: second.pid === first.pid, lives, old, before, after: find(first.pid) };
  },

  /** While no pid is given out /proc is not listed. */
  async steady() {
    const one = start('sleep', '1000');
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push((await scan()).listed);
    await end(one);
    const ended = { ...(await scan()), there: find(one.pid) !== undefined };
    const other = start('sleep', '1000');
    return { seen, ended, born: (await scan()).listed, there: find(other.pid) !== undefined };
  },

  /** Another program in the same process. */
  async exec() {
    const one = start('sh', '-c', 'read line; exec sleep 1000');
    await until(() => stat(one.pid).name === 'sh');
    await scan();
    await scan();
    const before = find(one.pid);
    one.stdin.write('\n');
    await until(() => stat(one.pid).name === 'sleep');
    const { listed: all } = await scan();
    return { before, after: find(one.pid), listed: all };
  },

  /** A parent that ends, and one that stays a zombie. */
  async orphans() {
    const { parent, child } = await family();
    const inner = 'sleep 1000 & exec sleep 1000';
    const waits = await family(`sh -c '${inner}' & exec sleep 1000`);
    const zombie = waits.child;
    await until(() => childOf(zombie) > 0 && stat(zombie).name === 'sleep');
    const grandchild = childOf(zombie);
    for (let i = 0; i < 2; i++) await scan();
    const before = [find(child).ppid === parent.pid, find(grandchild).ppid === zombie];
    await end(parent);
    process.kill(zombie, 'SIGKILL');
    await until(() => stat(zombie).state === 'Z' && stat(grandchild).ppid === 1);
    const { listed: all } = await scan();
    const after = [find(child).ppid, find(grandchild).ppid];
    return { before, after, listed: all, zombie: find(zombie) !== undefined, hollow: table.hollow };
  },

  /** Memory that no file of the process tells of. */
  async leaderless(program) {
    const one = start(program, '20');
    await once(one.stdout, 'data');
    await until(() => stat(one.pid).state === 'Z');
    await scan();
    const seen = { there: find(one.pid) !== undefined, hollow: table.hollow };
    await scan();
    const again = table.hollow;
    await end(one);
    await scan();
    return { ...seen, again, after: table.hollow };
  },

  /** Thousands that live for a moment. */
  async churn() {
    await scan();
    const script = 'i=0; while [ $i -lt 3000 ]; do /bin/true & i=$((i+1)); done; wait; read line';
    const forks = start('sh', '-c', script);
    let most = 0;
    let over = false;
    forks.stdin.write('\n');
    forks.once('exit', () => (over = true));
    while (!over) {
      await scan(1);
      most = Math.max(most, entriesOf(table).length);
      await pause(1);
    }
    // Zombies are looked at again when a pid was given out.
    await end(start('sleep', '1000'));
    await scan();
    return { most, left: entriesOf(table).map(({ pid }) => pid), kept: kept() };
  },

  /** With few descriptors none are kept, and all goes on. */
  async short() {
    const crowd = Array.from({ length: 60 }, () => start('sleep', '1000'));
    await scan();
    const all = crowd.filter(({ pid }) => find(pid)).length;
    const kept = crowd.filter(({ pid }) => find(pid)?.kept).length;
    for (const one of crowd.slice(0, 20)) await end(one);
    await scan();
    return { all, kept, left: crowd.filter(({ pid }) => find(pid)).length };
  },

  /** When descriptors are used up nobody is taken for dead, and who came meanwhile is met later. */
  async exhausted() {
    const old = start('sleep', '1000');
    await scan();
    const young = start('sleep', '1000');
    const taken = [];
    for (;;) {
      try {
        taken.push(fs.openSync('/dev/null', 'r'));
      } catch {
        break;
      }
    }
    context.uptime += 1e9;
    await scan();
    const during = [find(old.pid) !== undefined, find(young.pid) !== undefined];
    // One is free: /proc can be listed, and nothing of it be read.
    fs.closeSync(taken.pop());
    const list = fs.readdirSync;
    fs.readdirSync = (...args) => {
      const found = list(...args);
      taken.push(fs.openSync('/dev/null', 'r'));
      return found;
    };
    syncBuiltinESMExports();
    await scan();
    const alone = [find(old.pid) !== undefined, find(young.pid) !== undefined];
    fs.readdirSync = list;
    syncBuiltinESMExports();
    for (const fd of taken) fs.closeSync(fd);
    await scan();
    return { during, listed: alone, after: [find(old.pid) !== undefined, find(young.pid) !== undefined] };
  },
};

const result = await scenarios[process.argv[2]](process.argv[3]);
process.stdout.write(JSON.stringify(result));
table.close();
for (const child of children) child.kill('SIGKILL');
process.exit(0);
