import { messageOf } from '../../core/errors.ts';
import type { Memory } from '../../core/memory.ts';
import { needed, readSilence, recordOf, textOf } from '../../core/telling/draft.ts';
import { matches } from '../../core/telling/silence.ts';
import type { Teller } from '../../engine/teller.ts';
import { listAlerts } from './alerts.ts';
import type { Files } from './progress.ts';
import type { Answer, Question } from './server.ts';
import { explainTargets } from './why.ts';

/** What the control socket can ask and tell. */
export interface Controlled {
  readonly memory: Memory;
  readonly teller: Teller;
  /** What there is to know of alerts, now. */
  files(): Files;
  /** Resolves between two snapshots: while one is being read, nobody knows what it says. */
  settled(): Promise<void>;
  /** Loads the rules again. @returns how many are in force, and what is wrong with those that were rejected. */
  reload(): Promise<{ readonly rules: number; readonly rejected?: string }>;
}

type Route = (question: Question, controlled: Controlled) => Answer | Promise<Answer>;

/** Every silence is asked for every alert. */
const MOST_SILENCES = 1000;

/** The API: paths, and for each the methods that it takes. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/alerts': { GET: (_, { memory, files }) => ok(listAlerts(memory, files())) },
  '/silences': {
    GET: (_, { teller }) => ok([...teller.desk.silences.values()]),
    POST: ({ body }, controlled) => addSilence(body, controlled),
  },
  '/silences/*': { DELETE: ({ path }, { teller }) => endSilence(path.slice('/silences/'.length), teller) },
  '/acknowledgements': { POST: ({ body }, controlled) => acknowledge(body, controlled) },
  '/reload': { POST: async (_, controlled) => reload(controlled) },
  '/why': { GET: ({ query }, controlled) => why(query.get('what') ?? '', controlled) },
};

/** Answers a question. Whatever is wrong with it is said. */
export async function route(question: Question, controlled: Controlled): Promise<Answer> {
  const { path, method } = question;
  const pattern = path.startsWith('/silences/') ? '/silences/*' : path;
  const methods = Object.hasOwn(ROUTES, pattern) ? ROUTES[pattern] : undefined;
  if (methods === undefined) return wrong(404, `there is no ${path}`);
  const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
  const allow = Object.keys(methods).join(', ');
  if (handle === undefined) return { ...wrong(405, `${path} takes ${allow}`), allow };
  try {
    return await handle(question, controlled);
  } catch (error) {
    return wrong(422, messageOf(error));
  }
}

function addSilence(body: unknown, { teller }: Controlled): Answer {
  const silence = readSilence(body, Math.round(teller.now().time));
  const firing = [...teller.desk.cases.values()].filter(({ over }) => over === undefined);
  if (silence.until === 'resolved' && !firing.some(({ event }) => matches(silence.match, event))) {
    return wrong(422, 'nothing that it matches is firing: there is no end to wait for');
  }
  if (teller.desk.silences.size >= MOST_SILENCES) return wrong(409, `there are ${MOST_SILENCES} silences already`);
  teller.silence(silence);
  return { status: 201, body: silence };
}

function endSilence(id: string, teller: Teller): Answer {
  return teller.endSilence(id) ? ok({ ended: id }) : wrong(404, `there is no silence ${id}`);
}

function acknowledge(body: unknown, { teller, memory, files }: Controlled): Answer {
  const draft = recordOf(body, 'an acknowledgement');
  const what = needed(draft, 'what');
  const target = textOf(draft, 'target');
  const ack = { author: needed(draft, 'author'), reason: needed(draft, 'reason'), time: Math.round(teller.now().time) };
  const meant = listAlerts(memory, files()).filter(
    (alert) => alert.alert === what || (alert.rule === what && (target === undefined || alert.target === target)),
  );
  const done = meant.filter(({ alert }) => teller.acknowledge(alert, ack));
  return done.length > 0
    ? ok(done.map(({ alert }) => alert))
    : wrong(404, `no alert that fires has this id or rule: ${what}`);
}

async function reload(controlled: Controlled): Promise<Answer> {
  const { rules, rejected } = await controlled.reload();
  return rejected === undefined ? ok({ rules }) : wrong(409, rejected);
}

async function why(what: string, { memory, settled, files }: Controlled): Promise<Answer> {
  await settled();
  const found = explainTargets(memory, what, files());
  return found.length > 0 ? ok(found) : wrong(404, `no rule looks at ${what === '' ? 'nothing' : what}`);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function wrong(status: number, error: string): Answer {
  return { status, body: { error } };
}
