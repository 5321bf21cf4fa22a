// Makes dist, the program as it is run: some two hundred and fifty modules of the daemon become eighty, without comments.
// Each module costs a daemon 4 kB for as long as it lives, and its text stays in memory too.
import { readdirSync } from 'node:fs';
import { build } from 'rolldown';

/** What is started or imported by its path. All the rest is shared in `chunks`, as deep below the root as src/files/root.ts. */
const ENTRIES = [
  'index',
  'cli/main',
  'config/loader',
  'sources/proc/reader',
  'conditions/script/host',
  'actions/script/host',
  ...['conditions', 'actions', 'sinks'].flatMap(pluginsOf),
];

function pluginsOf(folder) {
  const files = readdirSync(new URL(`src/${folder}/`, import.meta.url));
  return files.filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file.slice(0, -3)}`);
}

await build({
  cwd: import.meta.dirname,
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, `src/${entry}.ts`])),
  platform: 'node',
  // Packages are installed beside psstop.
  external: /^[^./]/,
  onwarn: ({ message }) => {
    throw new Error(message);
  },
  output: {
    dir: 'dist',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    comments: false,
    // A stack trace must be readable at night: lines and the names of functions stay.
    minify: {
      compress: true,
      mangle: { toplevel: true, keepNames: { function: true, class: true } },
      codegen: { removeWhitespace: false },
    },
  },
});
