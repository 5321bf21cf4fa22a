/**
 * What the daemon does, over a made-up host: node child.mjs FOLDER SEED LAST ACTS URL...
 * It goes on where the state folder says, and ends once snapshot LAST is judged and everybody has been told.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import webhook from '../../build/actions/webhook.js';
import { advance } from '../../build/core/advance.js';
import { createBus } from '../../build/engine/bus.js';
import { Dispatcher } from '../../build/engine/dispatch.js';
import { Keeper } from '../../build/engine/memory.js';
import { openStore } from '../../build/store/open.js';
import { outboxStore } from '../../build/store/outbox.js';
import { stateStore } from '../../build/store/state.js';
import { ruleOf, snapshotAt } from './world.mjs';

const [folder = '', seed = '', last = '', ...urls] = process.argv.slice(2);
const fail = (message) => {
  console.error(message);
  process.exitCode = 1;
};

const store = await openStore(folder, { notice: fail });
const { database } = store;
database.exec('CREATE TABLE IF NOT EXISTS crash (number INTEGER) STRICT');
let number = Number(database.prepare('SELECT max(number) AS number FROM crash').all()[0]?.number ?? 0);

const context = { host: 'made-up', version: '0', proc: '/proc', console: false, live: true };
const on = ['fired', 'reminded', 'resolved'];
const hooks = urls.map((url, index) => {
  const action = webhook.create({ url, timeout: '400ms' }, context);
  return { name: `hook${index}`, countedAs: `hook${index}`, action, on, after: 0 };
});
/** It acts: what it was begun for is on record, and it takes a while. */
const act = {
  timeout: 1000,
  exclusive: true,
  async run(event) {
    appendFileSync(join(folder, 'acts'), `${event.id}\n`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 'done';
  },
};
const rule = ruleOf([...hooks, { name: 'act', countedAs: 'act', action: act, on: ['fired'], after: 0 }]);

const bus = createBus([
  {
    event: (event) => {
      if (event.type === 'notice' && event.kind === 'outbox') fail(event.message);
    },
    delivery: ({ action, outcome, reason, kind }) => {
      if (action !== 'act' && kind !== 'reminded' && outcome !== 'done') fail(`${action} ${kind}: ${reason}`);
    },
  },
]);
const pace = { first: 5, longest: 40, giveUpAfter: 600_000, fallBackAfter: 600_000 };
const dispatcher = new Dispatcher({ bus, pace, store: outboxStore(database), confirm: async () => 'still there' });
const keeper = new Keeper({ store: stateStore(database), report: (_failing, message) => fail(message) });
const memory = keeper.restore([rule]);
dispatcher.use([rule]);
dispatcher.resume([rule]);
console.log('ready');

while (number < Number(last)) {
  number += 1;
  database.transaction(() => {
    const events = advance(memory, [rule], snapshotAt(Number(seed), number));
    keeper.keep(memory, () => {
      for (const event of events) dispatcher.handle(event, rule);
    });
    database.prepare('DELETE FROM crash').run();
    database.prepare('INSERT INTO crash VALUES (?)').run(number);
  });
  await new Promise((resolve) => setTimeout(resolve, 2));
}
await dispatcher.idle();
await dispatcher.close(0);
store.close();
