import type { Command } from '../command.ts';
import { PLACE_OPTIONS } from '../places.ts';

export const command: Command = {
  name: 'export',
  summary: 'the same rules as alerting rules of Prometheus, over the metrics of the sink prometheus',
  operands: 'prometheus [RULES]…',
  options: PLACE_OPTIONS,
  about: [
    "Rules that Prometheus can't judge are left out: which, and why, stands on standard error and at the top of\nwhat is written, and the exit code is 1. What is only an approximation is said there too.",
  ],
  examples: [
    ['psstop export prometheus rules.d > psstop.rules.yml', 'for the rule_files of prometheus.yml'],
    ['psstop export prometheus rules.d | promtool check rules /dev/stdin', 'is it right?'],
  ],
  async run(given, world) {
    const { exportRules } = await import('../export/prometheus.ts');
    return exportRules(given, world);
  },
};
