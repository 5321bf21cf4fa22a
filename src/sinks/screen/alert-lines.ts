import { clip, escapeControls } from '../../core/escape.ts';
import { formatFigure } from '../../core/message.ts';
import type { Undecided } from '../../core/types.ts';
import { formatOpen } from '../../core/undecided.ts';
import { formatDuration, formatValue } from '../../core/units.ts';
import { apart, type Lines, type Span, type Style, widthOf } from './spans.ts';
import type { ShownAlert, ViewState } from './view-state.ts';

/** What fires, what is pending, what can't be decided: a title, and so many lines at most. */
export function alertLines(state: ViewState, columns: number, most: number): Lines {
  const { alerts, undecided, snapshot } = state;
  const all = [
    ...alerts.map((event) => () => alertLine(event, snapshot.time, columns)),
    ...undecided.map((open) => () => undecidedLine(open, snapshot.uptime, columns)),
  ];
  const shown = all.slice(0, all.length > most ? most - 1 : most);
  const rest: Lines = all.length > shown.length ? [[[`  and ${all.length - shown.length} more`, 'dim']]] : [];
  return [[], title(state), ...shown.map((line) => line()), ...rest];
}

function title({ alerts, undecided, rules }: ViewState): readonly Span[] {
  const firing = alerts.filter((event) => event.kind !== 'pending').length;
  return [
    ['ALERTS  ', 'bold'],
    [firing > 0 ? `${firing} firing` : 'none firing', firing > 0 ? 'red' : 'green'],
    [alerts.length > firing ? `  ${alerts.length - firing} pending` : '', 'yellow'],
    [undecided.length > 0 ? `  ${undecided.length} undecided` : '', 'yellow'],
    [rules === undefined ? '' : `  ${rules} ${rules === 1 ? 'rule' : 'rules'} watching`, 'dim'],
  ];
}

function alertLine(event: ShownAlert, now: number, columns: number): readonly Span[] {
  const pending = event.kind === 'pending';
  const { found } = event;
  const limit = columns < NARROW || !found ? '' : `, limit ${formatValue(found.limit, found.unit)}`;
  return setAlert(columns, {
    style: !pending && event.severity === 'critical' ? 'red' : 'yellow',
    sign: pending ? '○' : '●',
    word: pending ? 'pending' : 'firing',
    lasted: now - event.since,
    rule: event.rule,
    target: event.target.name,
    figures: found ? `${formatFigure(found)}${limit}` : '',
  });
}

/** What it depends on was not read: which figure it is, and what is known of it. */
function undecidedLine(undecided: Undecided, now: number, columns: number): readonly Span[] {
  const { rule, target, since } = undecided;
  const figures = columns < NARROW ? '' : formatOpen(undecided);
  return setAlert(columns, { style: 'dim', sign: '?', word: 'open', lasted: now - since, rule, target, figures });
}

const NARROW = 60;

interface Columns {
  readonly style: Style;
  readonly sign: string;
  readonly word: string;
  /** ms */
  readonly lasted: number;
  readonly rule: string;
  readonly target: string;
  readonly figures: string;
}

/** The target's name gives way to the figures; a narrow terminal sees fewer of them. */
function setAlert(columns: number, { style, sign, word, lasted, rule, target, figures }: Columns): readonly Span[] {
  const narrow = columns < NARROW;
  const left: Span[] = [
    [`${sign} ${narrow ? '' : word.padEnd(8)}`, style],
    [formatDuration(Math.max(0, lasted)).padEnd(8)],
    [`${clip(escapeControls(rule), Math.floor(columns / (narrow ? 4 : 3)))}  `, 'bold'],
  ];
  const right = figures === '' ? '' : `  ${figures}`;
  const room = columns - widthOf(left) - right.length;
  return apart([...left, [clip(escapeControls(target), Math.max(4, room))]], [[right]], columns);
}
