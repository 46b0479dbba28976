// Builds the package, compiles the tests and runs them. --long runs what takes too long for every change. Other arguments are test files.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const args = process.argv.slice(2);
const isLong = args.includes('--long');
const only = args.filter((name) => !name.startsWith('--'));
const run = (...command) => {
  const { status } = spawnSync(process.execPath, command, {
    stdio: 'inherit',
    env: { ...process.env, ...(isLong && { HELIOS_LONG: '1' }) },
  });
  if (status !== 0) process.exit(status ?? 1);
};

if (!args.includes('--no-build')) {
  run('scripts/build.mjs');
  // The samples of the README are compiled with the tests.
  rmSync('dist/readme', { recursive: true, force: true });
  mkdirSync('dist/readme', { recursive: true });
  [...readFileSync('README.md', 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].forEach(([, code], index) =>
    writeFileSync(`dist/readme/${index + 1}.ts`, code),
  );
  run('node_modules/typescript/bin/tsc', '-p', 'test');
}
const tests = readdirSync('test').filter((name) => name.endsWith('.test.ts') && (!only.length || only.some((part) => name.includes(part))));
await build({
  entryPoints: [...tests.map((name) => `test/${name}`), 'test/support/model-run.ts'],
  entryNames: '[name]',
  outdir: 'dist/test',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
const reporter = process.env.HELIOS_REPORTER ? [`--test-reporter=${process.env.HELIOS_REPORTER}`] : [];
run(
  '--enable-source-maps',
  '--test-concurrency=2',
  '--test',
  ...reporter,
  ...tests.map((name) => `dist/test/${name.replace('.ts', '.mjs')}`),
);
if (isLong && !only.length) run('scripts/mutants.mjs');
