/**
 * The folder in which the program's own files lie as they do in src: its plugins and the scripts that it starts. Written so
 * that it holds in src and, once bundled, in any folder one below the root.
 */
export const ROOT: URL = new URL('../', import.meta.url);
