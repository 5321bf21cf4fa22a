import { CATALOG, type Family } from './catalog.ts';

/** `text`: Prometheus' text format 0.0.4; `openmetrics`: OpenMetrics 1.0. */
export type PageFormat = 'text' | 'openmetrics';

/** A series of one metric: its labels in writing, and its value now. */
export interface Sample {
  readonly name: string;
  /** `name="nginx",unit="nginx.service"`, without braces; empty where there are none. */
  readonly labels: string;
  readonly value: number;
}

/** The content type that goes with a format. */
export const CONTENT_TYPES: Readonly<Record<PageFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Samples as a page that Prometheus can scrape, in the order of the catalog. Text format 0.0.4:
 * prometheus.io/docs/instrumenting/exposition_formats; OpenMetrics 1.0: prometheus.io/docs/specs/om/open_metrics_spec.
 */
export function writePage(samples: Iterable<Sample>, format: PageFormat): string {
  const lines = new Map<string, string[]>();
  for (const { name, labels, value } of samples) {
    const line = labels === '' ? `${name} ${number(value)}\n` : `${name}{${labels}} ${number(value)}\n`;
    const known = lines.get(name);
    if (known) known.push(line);
    else lines.set(name, [line]);
  }
  const parts: string[] = [];
  for (const [name, family] of Object.entries(CATALOG)) {
    const own = lines.get(name);
    if (own) parts.push(header(name, family, format), ...own);
  }
  if (format === 'openmetrics') parts.push('# EOF\n');
  return parts.join('');
}

/** `name="value"` pairs with commas between; a label without a value is left out, which means the same. */
export function writeLabels(labels: Iterable<readonly [string, string | undefined]>): string {
  const pairs: string[] = [];
  for (const [name, value] of labels) if (value) pairs.push(`${name}="${escapeLabel(value)}"`);
  return pairs.join(',');
}

/** OpenMetrics names a family without the suffix that its samples have, and knows the type `info`. */
function header(name: string, { type, help }: Family, format: PageFormat): string {
  if (format === 'text') {
    return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type === 'info' ? 'gauge' : type}\n`;
  }
  const family = type === 'counter' ? name.replace(/_total$/, '') : name.replace(/_info$/, '');
  const unit = type === 'info' ? undefined : /_(bytes|seconds|ratio)$/.exec(family)?.[1];
  const ofUnit = unit === undefined ? '' : `# UNIT ${family} ${unit}\n`;
  return `# TYPE ${family} ${type}\n${ofUnit}# HELP ${family} ${escapeHelp(help).replaceAll('"', '\\"')}\n`;
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** Strangers choose names: a quotation mark or a line feed must not end the label. */
function escapeLabel(text: string): string {
  return /["\\\n]/.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text;
}
