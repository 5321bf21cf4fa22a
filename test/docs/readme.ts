import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** A code block of a document: the language it is marked with, its text, and the file that it shows, where it shows one. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly file?: string;
}

/** A file of the repository. */
export function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** Path of a file of the repository. */
export function pathOf(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

const BLOCK = /(?:<!-- file: (?<file>\S+) -->\n)?```(?<language>\w*)\n(?<text>.*?)```/gs;

/** The code blocks of a document. */
export function blocksOf(document: string): Block[] {
  return [...document.matchAll(BLOCK)].map(({ groups }) => ({
    language: groups?.language ?? '',
    text: groups?.text ?? '',
    ...(groups?.file && { file: groups.file }),
  }));
}

/** Puts the files that README shows into it: `UPDATE_DOCS=1 npx vitest run --config test/vitest.config.ts test/docs`. */
export function updateReadme(): void {
  const filled = read('README.md').replace(BLOCK, (whole, file: string | undefined, language: string) =>
    file ? `<!-- file: ${file} -->\n\`\`\`${language}\n${shown(file)}\`\`\`` : whole,
  );
  writeFileSync(new URL('README.md', ROOT), filled);
}

/** A file as a document shows it: without the line that is for editors. */
export function shown(file: string): string {
  return read(file).replace(/^# yaml-language-server:.*\n/, '');
}

/** Command lines of psstop in a document: in code blocks and between backquotes, as words. */
export function commandLines(document: string): string[][] {
  const inline = [...document.matchAll(/`(psstop(?: [^`\n]+)?)`/g)]
    .map(([, line = '']) => line)
    // The name of an option, as in "`psstop -p` takes a name", is no command line.
    .filter((line) => !/^psstop -\w$/.test(line));
  const blocks = blocksOf(document).filter(({ language }) => language === 'sh' || language === 'console');
  const lines = blocks.flatMap(({ text }) => text.split('\n')).map((line) => line.replace(/^\$ /, ''));
  return [...inline, ...lines.filter((line) => /^psstop( |$)/.test(line))].map((line) =>
    (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replace(/^(['"])(.*)\1$/, '$2')),
  );
}
