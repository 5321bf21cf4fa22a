import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Display, terminalSink } from '../../src/sinks/screen/terminal-sink.ts';
import { until } from './context.ts';
import { type MadeUp, MiB, notice, snapshot } from './made-up.ts';

process.env.TZ = 'UTC';

const HOST: readonly MadeUp[] = [
  { name: 'postgres: checkpointer', pid: 1200, pss: 812 * MiB, swap: 20 * MiB },
  { name: 'nginx', pid: 100, pss: 600 * MiB },
];

class FakeDisplay extends EventEmitter {
  columns = 80;
  rows = 24;
  readonly written: string[] = [];
  write(text: string): boolean {
    this.written.push(text);
    return true;
  }
  /** What was written since the last look. */
  look(): string {
    return this.written.splice(0).join('');
  }
}

class FakeKeys extends EventEmitter {
  raw = false;
  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('the terminal sink', () => {
  it('draws once a turn, then only the lines that changed, and gives the terminal back', async () => {
    const display = new FakeDisplay();
    const keys = new FakeKeys();
    const sink = terminalSink(display as unknown as Display, { color: false, keys: keys as never });
    expect(keys.raw).toBe(true);
    sink.snapshot?.(snapshot(HOST));
    sink.event?.(notice());
    await turn();
    expect(display.written).toHaveLength(1);
    const [first = ''] = display.written.splice(0);
    expect(first.startsWith('\x1b[?2026h\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J')).toBe(true);
    expect(first.endsWith('\x1b[?2026l')).toBe(true);
    sink.snapshot?.(snapshot(HOST, 1));
    await turn();
    const change = display.look();
    expect(change).toContain('03:04:06');
    expect(change).not.toContain('postgres');
    sink.close?.();
    sink.close?.();
    expect(display.look()).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l');
    expect(keys.raw).toBe(false);
    sink.snapshot?.(snapshot(HOST, 2));
    await turn();
    expect(display.look()).toBe('');
    expect(display.listenerCount('resize')).toBe(0);
  });

  it('writes nothing when nothing is to be seen, and nothing back when it never drew', () => {
    const display = new FakeDisplay();
    terminalSink(display as unknown as Display, { color: false }).close?.();
    expect(display.look()).toBe('');
  });

  it('draws all anew when the terminal changes its size', async () => {
    const display = new FakeDisplay();
    const sink = terminalSink(display as unknown as Display, { color: false });
    sink.snapshot?.(snapshot(HOST));
    await turn();
    display.look();
    display.columns = 40;
    display.emit('resize');
    const text = display.look();
    expect(text).toContain('\x1b[2J');
    expect(text).toContain('postgres');
    expect(text).not.toContain('TREND');
    sink.close?.();
  });

  it('says when q, Ctrl-C or a lost terminal end it', () => {
    for (const end of ['q', '\x03', '\x04', undefined]) {
      const display = new FakeDisplay();
      const keys = new FakeKeys();
      let quits = 0;
      const sink = terminalSink(display as unknown as Display, {
        ...{ color: false, keys: keys as never },
        onQuit: () => {
          quits += 1;
        },
      });
      keys.emit('data', Buffer.from('x'));
      expect(quits).toBe(0);
      if (end) keys.emit('data', Buffer.from(end));
      display.emit('error', new Error('EIO'));
      expect(quits).toBe(1);
      sink.close?.();
    }
  });

  it('groups by another thing at the press of g', async () => {
    const display = new FakeDisplay();
    const keys = new FakeKeys();
    const sink = terminalSink(display as unknown as Display, { color: false, keys: keys as never });
    sink.snapshot?.(snapshot(HOST));
    await turn();
    display.look();
    keys.emit('data', Buffer.from('g'));
    await turn();
    expect(display.look()).toContain('COUNT');
    sink.close?.();
  });
});

describe('on a real terminal', () => {
  it.each([
    ['q', 'q'],
    ['an exit without a word', 'x'],
  ])('the view leaves it as it was after %s', async (_, key) => {
    const folder = mkdtempSync(join(tmpdir(), 'psstop-tty-'));
    const program = join(folder, 'view.mjs');
    writeFileSync(program, viewer(new URL('../../build/sinks/screen/terminal-sink.js', import.meta.url).href));
    const shell = `stty rows 24 cols 80; stty -g; ${process.execPath} ${program}; stty -g; echo all done`;
    const child = spawn('script', ['-qec', `sh -c '${shell}'`, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    await until(() => text.includes('PSS'), 15_000);
    child.stdin.write(key);
    await until(() => text.includes('all done'), 15_000);
    child.stdin.end();
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(folder, { recursive: true });
    const settings = text.match(/[0-9a-f]+(:[0-9a-f]+){10,}/g);
    expect(settings).toHaveLength(2);
    expect(settings?.[0]).toBe(settings?.[1]);
    expect(text.indexOf('\x1b[?1049h')).toBeGreaterThan(-1);
    expect(text.indexOf('\x1b[?7h\x1b[?25h\x1b[?1049l')).toBeGreaterThan(text.indexOf('nginx'));
  });
});

/** A program that shows one snapshot; `q` closes the view, `x` ends the program without closing it. */
function viewer(sink: string): string {
  return `
import { terminalSink } from '${sink}';
const sink = terminalSink(process.stdout, { color: true, keys: process.stdin, onQuit: () => sink.close() });
process.stdin.on('data', (key) => String(key) === 'x' && process.exit(0));
sink.snapshot(${JSON.stringify(snapshot(HOST))});
`;
}
