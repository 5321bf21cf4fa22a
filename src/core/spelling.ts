/** Units of time as they are written elsewhere. */

/** How times are written elsewhere, by the unit that is meant. */
const SPELLINGS: Readonly<Record<string, RegExp>> = {
  ms: /^(ms|msecs?|millis|milliseconds?)$/i,
  s: /^(s|secs?|seconds?)$/i,
  m: /^(mins?|minutes?)$/i,
  h: /^(h|hrs?|hours?)$/i,
  d: /^(d|days?)$/i,
  w: /^(w|wks?|weeks?)$/i,
};

/** What to write for a time such as `5min` or `1day2hours`: the same in the units that are known, or what they are. */
export function rightTime(text: string, known: Readonly<Record<string, number>>): string {
  let guessed = true;
  const right = text.replace(/[A-Za-z]+/g, (written) => {
    const unit = written in known ? written : Object.keys(SPELLINGS).find((name) => SPELLINGS[name]?.test(written));
    guessed &&= unit !== undefined;
    return unit ?? written;
  });
  return guessed ? `write "${right}"` : `the units are ${Object.keys(known).join(' ')}`;
}
