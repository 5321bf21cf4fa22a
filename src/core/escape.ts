/**
 * Text that strangers wrote, made safe and measurable for terminals, log lines and headers. Events, deliveries and notices hold it
 * as it is; it is escaped once, by whoever writes it out: a sink, a mail, a command. What escaped earlier would show `\\n`.
 */

const ASCII = /^[ -~]*$/;
const PLAIN = /^[ -[\]-~]*$/;

/**
 * Whatever could move a cursor, start a line, turn the writing direction or hide: controls, line separators, lone
 * surrogates, format characters and invisible letters. Spared are the joiners U+200C and U+200D, which Persian, Indic
 * scripts and emoji need, and Arabic signs that do show. The backslash is among them, so that the result reads one way.
 */
const UNSAFE =
  /[\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|(?!\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2])\p{Cf}/gu;

const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Shows control characters as escapes: `\n`, `\x1b`, `\u202e`, `\u{e0041}`. One line in any terminal, and never a command to it. */
export function escapeControls(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escapeOne);
}

/** The same of many texts: at once, where there is nothing to escape in any of them. */
export function escapeAll(texts: readonly string[]): readonly string[] {
  return PLAIN.test(texts.join('')) ? texts : texts.map(escapeControls);
}

function escapeOne(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}

/** One line of JSON in which nothing can move a cursor, start a line or hide either: the same characters as in `escapeControls`, as \u escapes. It parses to the same value. */
export function jsonLine(value: unknown): string {
  const json = JSON.stringify(value);
  return ASCII.test(json) ? json : json.replace(UNSAFE, (found) => (found === '\\' ? found : unicodeEscape(found)));
}

function unicodeEscape(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i += 1) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/** Marks set on the character before them, and joiners. Hangul vowels and finals join the syllable they follow. */
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
/** East_Asian_Width W and F (Unicode 16, EastAsianWidth.txt, UAX #11) in ranges rounded to blocks; emoji by their own property. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|(?!\p{RI})\p{Emoji_Presentation}/u;

/** True for printable ASCII: as wide as it is long. */
export function isPlain(text: string): boolean {
  return ASCII.test(text);
}

/** How many columns a terminal gives to a text without control characters: 2 for East Asian wide characters and emoji, 0 for combining marks. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Cuts a text to so many columns of a terminal; what was cut shows as `…`. */
export function clip(text: string, width: number): string {
  if (text.length * 2 <= width || displayWidth(text) <= width) return text;
  if (width < 1) return '';
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

function characterWidth(character: string): number {
  if (character <= '~') return 1;
  if (WIDE.test(character)) return 2;
  return ZERO.test(character) ? 0 : 1;
}
