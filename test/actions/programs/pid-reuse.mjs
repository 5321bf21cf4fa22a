// Run in a pid namespace of its own, whose first process collects orphans: ends a victim, has a stranger take its pid, and acts on the victim's identity.
// Prints one line of JSON for each round.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, readStat } from '../../../build/actions/process/identity.js';
import { loadPidfds } from '../../../build/actions/process/pidfd.js';
import { makeSender } from '../../../build/actions/process/send.js';
import restart from '../../../build/actions/restart.js';
import signal from '../../../build/actions/signal.js';
import { plainEvent } from '../../programs/event.mjs';

const context = { host: 'h', version: '1', proc: '/proc', console: false, live: true };
const calm = new AbortController().signal;
const about = (identity) => plainEvent({ by: 'process', processes: [{ ...identity, name: 'victim' }] });

/** Starts a process that is nobody's child any more: psstop does not signal its own. @param last the last pid that was given out. */
function begin(last) {
  if (last !== undefined) writeFileSync('/proc/sys/kernel/ns_last_pid', String(last));
  const pid = Number(execFileSync('/bin/sh', ['-c', 'sleep 60 > /dev/null 2>&1 & echo $!'], { encoding: 'utf8' }));
  return { pid, start: readStat('/proc', pid).start };
}

async function end(identity) {
  process.kill(identity.pid, 'SIGKILL');
  while (readStat('/proc', identity.pid) !== undefined) await pause(5);
}

/** A process that has the pid of another that has ended: the shell gets the one before it, and the shell's child that one. */
async function successorOf(pid) {
  for (let tries = 0; tries < 50; tries += 1) {
    const stranger = begin(pid - 2);
    if (stranger.pid === pid) return stranger;
    await end(stranger);
  }
  throw new Error(`nobody got the pid ${pid}`);
}

const pidfds = await loadPidfds();
const sends = { held: pidfds && makeSender('/proc', pidfds), bare: makeSender('/proc', undefined) };
const signals = await signal.create({ signal: 'KILL' }, context);
const restarts = await restart.create({ command: ['/bin/sh', '-c', 'kill -9 $PSSTOP_PIDS'] }, context);
const said = (promise) => promise.then(String, (error) => `${error.name}: ${error.message}`);

for (let round = 0; round < 5; round += 1) {
  const victim = begin();
  await end(victim);
  // A start is told in ticks of 10 ms.
  await pause(20);
  const stranger = await successorOf(victim.pid);
  const result = {
    samePid: stranger.pid === victim.pid,
    held: sends.held?.(victim, 'SIGKILL') ?? 'gone',
    bare: sends.bare(victim, 'SIGKILL'),
    signal: await said(signals.run(about(victim), calm)),
    restart: await said(restarts.run(about(victim), calm)),
  };
  await pause(50);
  result.spared = isRunning('/proc', stranger);
  // The same means reach whom they are meant for.
  result.meant = await said(signals.run(about(stranger), calm));
  console.log(JSON.stringify(result));
}
