const WORDS =
  'pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|auth(?:orization)?';
const STARS = '***';
/** `--db-password=x`, `"token": "x"`, `SECRET=x`, `--password x`. */
const NAMED = new RegExp(
  String.raw`((?:^|[^A-Za-z0-9])[\w.-]*(?:${WORDS})[\w.-]*["']?\s*[=:]\s*|--?[\w-]*(?:${WORDS})\s+)("[^"]*"|'[^']*'|[^\s,;&]+)`,
  'gi',
);
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]+/gi;
const IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi;

/** Leaves out what looks like a secret: passwords and tokens by their names, those in URLs, and authorizations. */
export function redact(text: string): string {
  return text.replace(BEARER, `$1 ${STARS}`).replace(NAMED, `$1${STARS}`).replace(IN_URL, `$1${STARS}@`);
}
