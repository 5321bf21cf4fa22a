import type { PageFormat } from './page.ts';

/** Which format an Accept header asks for (RFC 9110, 12.5.1): OpenMetrics where it is liked at least as much as plain text. */
export function formatFor(accept: string | undefined): PageFormat {
  if (accept === undefined) return 'text';
  const ranges = accept.split(',').map(readRange);
  const best = (type: string): number =>
    Math.max(0, ...ranges.filter((range) => range.type === type).map(({ quality }) => quality));
  const open = best('application/openmetrics-text');
  return open > 0 && open >= best('text/plain') ? 'openmetrics' : 'text';
}

function readRange(text: string): { type: string; quality: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}
