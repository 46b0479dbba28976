// What npm gets.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const FOLDER = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', FOLDER), 'utf8'));

test('Each entry weighs no more than it may', async () => {
  const { sizes } = await import(new URL('scripts/sizes.mjs', FOLDER).href);
  for (const { entry, gzipped, limit } of await sizes()) assert.ok(gzipped <= limit, `${entry}: ${gzipped} of ${limit} bytes`);
});

test('Every entry exists, with its types and source map, as ESM and as CommonJS', async () => {
  const require = createRequire(new URL('package.json', FOLDER));
  for (const [name, entry] of Object.entries<any>(manifest.exports)) {
    if (typeof entry === 'string') continue;
    for (const { types, default: file } of [entry.import, entry.require])
      for (const path of [types, file, `${file}.map`]) assert.ok(existsSync(new URL(path, FOLDER)), path);
    const id = name.replace('.', manifest.name);
    const [esm, cjs] = [await import(id), require(id)];
    assert.deepEqual(
      Object.keys(esm)
        .filter((key) => key !== 'default' && key !== 'module.exports')
        .sort(),
      Object.keys(cjs).sort(),
      id,
    );
  }
});

test('publint and arethetypeswrong find nothing', () => {
  const run = (tool: string, ...args: string[]): string =>
    execFileSync(process.execPath, [`node_modules/${tool}`, ...args], { cwd: FOLDER, encoding: 'utf8' });
  run('publint/src/cli.js', '.', '--strict');
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', 'dist'], { cwd: FOLDER, encoding: 'utf8' }),
  );
  run('@arethetypeswrong/cli/dist/index.js', `dist/${filename}`);
});

test('There are no dependencies', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.sideEffects, false);
});

test('npm pack holds what is needed and nothing else', () => {
  const [{ files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: FOLDER, encoding: 'utf8' }),
  );
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  assert.deepEqual(
    paths.filter((path) => !/^(package\.json|README\.md|LICENSE|dist\/(esm|cjs)\/.+)$/.test(path)),
    [],
  );
  assert.ok(paths.includes('README.md') && paths.includes('LICENSE') && paths.includes('dist/esm/index.js'));
});

test('Importing it touches no global of a browser', () => {
  const touched = `
    const names = ['window', 'document', 'navigator', 'location', 'WebSocket', 'sessionStorage', 'addEventListener', 'fetch', 'crypto'];
    const touch = (name) => ({ configurable: true, get() { throw new Error(name + ' was touched'); } });
    for (const name of names) Object.defineProperty(globalThis, name, touch(name));
    await import('${manifest.name}');
    const { persistIn } = await import('${manifest.name}/persist');
    persistIn(() => sessionStorage);`;
  execFileSync(process.execPath, ['--input-type=module', '-e', touched], { cwd: FOLDER });
});
