import { describe, expect, it } from 'vitest';
import { afterEach } from '../../src/cli/watch/service.ts';
import { MiB, snapshot } from '../sinks/made-up.ts';

describe('what systemd hears after each snapshot', () => {
  it('is no figure of what was not read yet', () => {
    const heard: (readonly string[])[] = [];
    const tell = afterEach({ notify: (...state) => void heard.push(state), watchdog: undefined }, 5_000);
    const { anon: _, ...memory } = snapshot([]).memory;
    tell({ ...snapshot([{ name: 'web', rss: MiB, unread: false }]), memory: { ...memory, anon: 0, mapped: 0 } });
    tell(snapshot([{ name: 'web', pss: 3 * MiB }]));
    expect(heard[0]).toEqual(['READY=1', 'WATCHDOG=1', 'STATUS=1 processes, PSS not read yet, every 5s']);
    expect(heard[1]).toEqual(['WATCHDOG=1', 'STATUS=1 processes, PSS 3.00 MiB, every 5s']);
  });
});
