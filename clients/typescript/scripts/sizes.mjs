// What each entry weighs in a page: bundled, minified and gzipped; and what it may weigh.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

export const LIMITS = { index: 11 * 1024, persist: 2.5 * 1024 };

export async function sizes() {
  return Promise.all(
    Object.entries(LIMITS).map(async ([entry, limit]) => {
      const { outputFiles } = await build({
        entryPoints: [`src/${entry}.ts`],
        bundle: true,
        minify: true,
        format: 'esm',
        target: 'es2022',
        write: false,
        logLevel: 'warning',
      });
      const { contents } = outputFiles[0];
      return { entry, limit, minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
    }),
  );
}
