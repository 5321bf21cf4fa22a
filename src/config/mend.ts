import { escapeControls } from '../core/escape.ts';
import { isMeasure } from '../core/measure.ts';
import { suggest } from '../core/nearest.ts';

/** What to write in the place of a key that is not among `keys`. */
export function mendKey(key: string, keys: readonly string[]): string {
  const [, first = '', value = ''] = /^([\w-]+)[: ]+(\S.*)$/.exec(key) ?? [];
  if (keys.includes(first)) return `unknown key ${quote(key)}: write ${first}: ${escapeControls(value)}`;
  if (key === '<<') return 'YAML 1.2 has no merge key <<: write the keys out, or set them under defaults';
  if (isMeasure(key) && isCondition(keys)) {
    return `${key} is a measure: write above: { ${key}: … } or below: { ${key}: … }`;
  }
  return `unknown key ${quote(key)}: ${suggest(key, keys, 'keys')}`;
}

/** What was written, as it would be right, where another of JSON's types is wanted: in brackets, in quotes, or with another word. */
export function mendType(data: unknown, wanted: readonly unknown[]): string | undefined {
  if (wanted.includes('boolean')) return typeof data === 'string' ? mendBoolean(data.toLowerCase()) : '';
  if (wanted.includes('array')) return mendList(data, wanted.length === 1);
  const isWord = typeof data === 'number' || typeof data === 'boolean';
  return isWord && wanted.includes('string') ? `: write "${data}", in quotes` : undefined;
}

function mendList(data: unknown, onlyList: boolean): string | undefined {
  if (typeof data === 'string' && onlyList) return `: write [${data.split(' ').map(quote).join(', ')}]`;
  return typeof data === 'object' && data !== null ? ': begin each entry with a dash' : undefined;
}

/** The word for true or false in YAML 1.2, for one of YAML 1.1's. */
function mendBoolean(word: string): string {
  if (['yes', 'on', 'y', 'true'].includes(word)) return ': write true';
  return ['no', 'off', 'n', 'false'].includes(word) ? ': write false' : '';
}

/** True where these are the keys of a condition, which can be put together with others. */
export function isCondition(keys: readonly string[]): boolean {
  return keys.includes('all') && keys.includes('any');
}

/** A value as a reader of the message can find it in the file, however long or odd it is. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return escapeControls(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

/** What stands there, for a reader of the message. */
export function describe(data: unknown): string {
  if (data === null) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  return typeof data === 'object' ? 'a mapping' : quote(data);
}
