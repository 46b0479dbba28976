// Random sequences of everything that can happen, against what must hold: nothing lost, doubled or reordered, every request ends once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const RUNS = Number(process.env['HELIOS_RUNS'] ?? (process.env['HELIOS_LONG'] ? 200_000 : 20_000));
const SEED = Number(process.env['HELIOS_SEED'] ?? Date.now() % 2 ** 31);

async function run(share: number, ...rare: string[]): Promise<void> {
  const program = fileURLToPath(new URL('model-run.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, String(Math.ceil(RUNS * share)), String(SEED), ...rare]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, `seed ${SEED}: ${output}`);
}

test(`Cuts, late upgrades, frozen pages and reloads: all arrives once and in order (seed ${SEED})`, () => run(0.6, 'reload'));
test(`Crashes and restarts of the server beside: nothing is doubled, what may be lost is told (seed ${SEED})`, () =>
  run(0.4, 'reload', 'crash', 'restart'));
