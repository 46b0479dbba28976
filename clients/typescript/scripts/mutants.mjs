// Breaks the resume code in one place at a time, and expects that the tests notice.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const MUTANTS = [
  ['ledger.ts', 'a gap counts as one message', 'this.received += messages;', 'this.received += 1;'],
  ['ledger.ts', 'any epoch is ours', 'const continues = epoch === this.epoch;', 'const continues = true;'],
  ['ledger.ts', 'what was sent is sent again in a new epoch', 'continues ? [] : this.#remove(0, this.sent)', '[]'],
  [
    'ledger.ts',
    'one message too many is let go',
    'this.#remove(0, received - this.acknowledged)',
    'this.#remove(0, received - this.acknowledged + 1)',
  ],
  ['ledger.ts', 'the server may have counted anything', 'received <= this.acknowledged + this.sent', 'true'],
  ['ledger.ts', 'the counter of the server survives a new epoch', 'this.received = this.acknowledged = 0;', 'this.acknowledged = 0;'],
  ['ledger.ts', 'what is unsent again is not sent', '    this.sent = 0;\n    this.takeAck();', '    this.takeAck();'],
  ['ledger.ts', 'what is unsent again counts as sent', 'for (const frame of this.kept) frame.isSent = false;', ''],
  ['connection.ts', 'the number of tries does not grow', 'attempt: ++this.attempt', 'attempt: this.attempt || ++this.attempt'],
  ['connection.ts', 'a connection that was given up is still read', 'socket.onopen = socket.onmessage = socket.onclose = nothing;', ''],
  [
    'connection.ts',
    'messages are sent before the welcome',
    'if (socket !== this.#socket) return;\n    this.#isLinked = true;',
    'if (socket !== this.#socket) return;',
  ],
  ['connection.ts', 'acks count', "if (type !== 'ack' && type !== 'ping') {", "if (type !== 'ping') {"],
  ['connection.ts', 'the goodbye does not wait', 'if (this.outbox.kept.length) {', 'if (false) {'],
  [
    'persist.ts',
    'another page begins as another life',
    'connection.adopt(token, state.instance, state.attempt);',
    'connection.adopt(token, undefined, 0);',
  ],
  ['persist.ts', 'what was counted is not kept', 'received: outbox.received,', 'received: 0,'],
];
const SUITES = ['resume', 'ends', 'page', 'reload', 'client', 'asked', 'connect', 'traps'];
const RUNS = 3_000;

let survivors = 0;
for (const [file, what, from, to] of MUTANTS) {
  if (!readFileSync(`src/${file}`, 'utf8').includes(from)) throw new Error(`${file} does not hold: ${from}`);
  mkdirSync('dist/mutant', { recursive: true });
  await build({
    entryPoints: [...SUITES.map((name) => `test/${name}.test.ts`), 'test/support/model-run.ts'],
    entryNames: '[name]',
    outdir: 'dist/mutant',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const text = readFileSync(path, 'utf8');
            return { loader: 'ts', contents: basename(path) === file && path.includes('/src/') ? text.replace(from, to) : text };
          });
        },
      },
    ],
  });
  const fails = (...command) => spawnSync(process.execPath, command, { timeout: 60_000 }).status !== 0;
  const unit = fails('--test', ...SUITES.map((name) => `dist/mutant/${name}.test.mjs`));
  const model =
    fails('dist/mutant/model-run.mjs', String(RUNS), '1', 'reload') ||
    fails('dist/mutant/model-run.mjs', String(RUNS), '1', 'reload', 'crash', 'restart');
  if (!unit && !model) survivors++;
  console.log(
    `${unit || model ? 'caught' : 'SURVIVED'}: ${what} (${file}; by rules: ${unit ? 'yes' : 'no'}, by sequences: ${model ? 'yes' : 'no'})`,
  );
}
process.exit(survivors ? 1 : 0);
