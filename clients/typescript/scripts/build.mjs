// Builds the package into dist: ESM, CommonJS, declarations, source maps; prints what each entry weighs.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { sizes } from './sizes.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const entryPoints = ['src/index.ts', 'src/persist.ts'];
rmSync('dist', { recursive: true, force: true });
const common = { entryPoints, bundle: true, target: 'es2022', sourcemap: true, sourcesContent: true, logLevel: 'warning' };
await build({ ...common, format: 'esm', splitting: true, outdir: 'dist/esm' });
await build({ ...common, format: 'cjs', outdir: 'dist/cjs' });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: 'inherit' });
mkdirSync('dist/cjs', { recursive: true });
for (const name of readdirSync('dist/esm').filter((name) => name.endsWith('.d.ts'))) cpSync(`dist/esm/${name}`, `dist/cjs/${name}`);
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
for (const { entry, minified, gzipped, limit } of await sizes())
  console.log(`${entry.padEnd(12)} ${minified} bytes minified, ${gzipped} gzipped, of ${limit}`);
