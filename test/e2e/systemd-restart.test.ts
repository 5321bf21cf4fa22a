import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootMachine, type Machine, missingForMachine, PACKAGE } from './systemd/machine.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const LOG = '/var/log/psstop/psstop.log';
const missing = missingForMachine();

/** A service of another user that leaks fast in its first life and stays small in its second; or that has no second one. */
const service = (second: string): string => `[Service]
User=nobody
RuntimeDirectory=%p
RuntimeDirectoryPreserve=yes
Environment=LEAK=${PACKAGE}/test/e2e/programs/leak.mjs
ExecStart=/bin/sh -c 'if mkdir "$RUNTIME_DIRECTORY/lived"; then exec node $LEAK 20 400 600; else ${second}; fi'
`;

/** What tells that a step was run, and when. */
const mark = (what: string): string =>
  `{ command: { run: [sh, -c, "date +%s%N >> $STATE_DIRECTORY/${what}"], env: { STATE_DIRECTORY: /var/lib/psstop } } }`;

const RULES = `rules:
  - name: too-big
    select: { unit: [recovers.service, stays-down.service] }
    by: unit
    when: { above: { pss: 150MiB } }
    for: 2s
    repeat: 3s
    severity: critical
    then: [log, restart-unit, ops-mail]
`;

describe.skipIf(missing !== undefined)(
  `a restart under a real systemd${missing ? ` (${missing})` : ''}`,
  { timeout: 120_000 },
  () => {
    let machine: Machine;
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          mails.push(Buffer.concat(chunks).toString());
          done();
        });
      },
    });
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      machine = await bootMachine();
      const { port } = server.server.address() as AddressInfo;
      const unit = readFileSync(new URL('psstop.service', EXAMPLES), 'utf8');
      const steps = [...unit.matchAll(/^# {3}(\S.*)$/gm)].map(([, command]) => command);
      await machine.sh(
        `cd ${PACKAGE}/examples && set -e\n${steps.join('\n')}\nsystemctl stop psstop; rm -rf /etc/psstop/rules.d`,
      );
      await machine.write('/etc/psstop/psstop.yaml', configuration(port));
      await machine.write('/etc/psstop/rules.d/too-big.yaml', RULES);
      await machine.write('/etc/systemd/system/recovers.service', service('exec node $LEAK 20 400 20'));
      await machine.write('/etc/systemd/system/stays-down.service', service('exit 1'));
      await machine.sh('systemctl daemon-reload && psstop check && systemctl start psstop');
    }, 700_000);
    afterAll(async () => {
      await machine?.down();
      server.close();
    });

    const property = async (name: string, unit: string): Promise<string> =>
      (await machine.sh(`systemctl show --property ${name} --value ${unit}`)).trim();
    const logHas = (text: string): Promise<string> => machine.until(`cat ${LOG}`, (log) => log.includes(text));

    it('keeps what grew, drains, restarts, sees what came of it, and fills again', async () => {
      await machine.sh('systemctl start recovers');
      const before = await property('MainPID', 'recovers');
      const log = await logHas('done restart-unit too-big: recovers.service: ');
      const said = /done restart-unit too-big: recovers\.service: (.*)/.exec(log)?.[1] ?? '';
      expect(said).toMatch(
        /^before, capture: captured in \S+: \S+ grew by \d+\.?\d* MiB in [\d.ms]+; before, command: /,
      );
      const file = /captured in (\/var\/lib\/psstop\/captures\/\S+\.txt):/.exec(said)?.[1] ?? '';
      expect(said).toMatch(/restarted recovers\.service in /);
      const freed = Number(/MiB now: (\d+) % freed/.exec(said)?.[1]);
      expect(freed).toBeGreaterThan(50);
      expect(said).toMatch(/afterwards, command: /);
      expect(await property('MainPID', 'recovers')).not.toBe(before);
      // Drained before the new life began, filled after it.
      const [drained, filled] = (await machine.sh('cat /var/lib/psstop/drained /var/lib/psstop/filled'))
        .trim()
        .split('\n');
      const started =
        BigInt(Math.round(Date.parse(await property('ExecMainStartTimestamp', 'recovers')) / 1e3)) * 1_000_000_000n;
      expect(BigInt(drained ?? 0)).toBeLessThan(started + 1_000_000_000n);
      expect(BigInt(filled ?? 0)).toBeGreaterThan(started);
      const report = await machine.sh(`cat '${file}'`);
      expect(report).toMatch(
        /== mappings, and what changed in [\d.]+m?s, since \S+Z\n[\d.]+ MiB \(\+[\d.]+ MiB\) {2}anonymous/,
      );
      // Whoever hears of the end hears where the evidence is.
      expect(await logHas('resolved restarted')).toContain(`(evidence: ${file})`);
      const resolved = await heard(() => mails.find((raw) => raw.includes('X-Psstop-Kind: resolved')));
      expect(resolved.replaceAll('=\r\n', '')).toContain(file);
    });

    it('that leaves the unit down is left to a person, who is told once', async () => {
      await machine.sh('systemctl start stays-down');
      await logHas('handed-over: stays-down.service is left to a person');
      const told = await heard(() => mails.find((raw) => raw.includes('psstop leaves it to a person')));
      expect(told).toMatch(/^X-Psstop-Event: .*-handed-over\r$/m);
      expect(await property('ActiveState', 'stays-down')).toBe('failed');
      const log = await machine.sh(`cat ${LOG}`);
      expect(log).toMatch(
        /failed restart-unit too-big: stays-down\.service: .*afterwards was left out; it is left to a person; ops-mail to be told/,
      );
      // Several reminders later nothing more was tried, and nobody was told again.
      await new Promise((resolve) => setTimeout(resolve, 8_000));
      expect(await machine.sh('journalctl --unit stays-down --no-pager | grep --count "Started"')).toBe('2\n');
      expect(mails.filter((raw) => /^X-Psstop-Event: .*-handed-over\r$/m.test(raw))).toHaveLength(1);
    });
  },
);

/** The example of the README: its restart with a mail server here, in less time, and with steps before and after it that leave a mark. */
function configuration(port: number): string {
  // Nobody is chatted with.
  const example = readFileSync(new URL('psstop.yaml', EXAMPLES), 'utf8').replace(/^ {2}chat: .*\n/m, '');
  const edits: [string, string][] = [
    ['interval: 5s', 'interval: 1s\nreading: { per-process: 10% }'],
    ['smtp://mail.example.org:587', `smtp://127.0.0.1:${port}`],
    ['    user: psstop\n    password: { file: /etc/psstop/mail-password }\n', ''],
    [
      'before: [capture]',
      `before: [{ capture: { between: 1s } }, ${mark('drained')}]\n      afterwards: [${mark('filled')}]`,
    ],
    ['within: 2m, lasts: 15m', 'within: 20s, up: 3s, lasts: 15m'],
  ];
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`examples/psstop.yaml has no longer: ${from}`);
    return text.replace(from, () => to);
  }, example);
}

async function heard(look: () => string | undefined): Promise<string> {
  for (let turn = 0; turn < 100; turn += 1) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('no such mail came');
}
