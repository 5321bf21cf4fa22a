/** So many texts are remembered: hosts have tens of programs. */
const MOST = 256;
const texts = new Map<string, string>();

/** The same text, in one piece of memory for all who have it: a thousand workers run one program. For short texts with few values. */
export function sharedText(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= MOST) texts.clear();
  texts.set(text, text);
  return text;
}
