import type { Command } from '../command.ts';
import { bash } from '../completion/bash.ts';
import { fish } from '../completion/fish.ts';
import { zsh } from '../completion/zsh.ts';
import { UsageError } from '../world.ts';

const SHELLS = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

export const command: Command = {
  name: 'completion',
  summary: 'print the completion script for bash, zsh or fish',
  operands: [...SHELLS.keys()].join('|'),
  options: [],
  examples: [['source <(psstop completion bash)', 'in ~/.bashrc']],
  async run({ operands: [shell = ''] }, world, all) {
    const write = SHELLS.get(shell);
    if (write === undefined) throw new UsageError(`completion for which shell? ${[...SHELLS.keys()].join(', ')}`);
    world.stdout.write(write(await all()));
    return 0;
  },
};
