// A real server behind a line that breaks: both directions, requests and messages. HELIOS_URL says where samples/Echo listens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { connect } from '../src/index.js';
import { openLine, randomOf } from './support/proxy.js';

const URL_OF_SERVER = process.env['HELIOS_URL'] ?? '';
const skip = URL_OF_SERVER ? false : 'HELIOS_URL is not set: no server to talk to';
const FAULTS = Number(process.env['HELIOS_FAULTS'] ?? (process.env['HELIOS_LONG'] ? 30_000 : 2_000));
const SEED = Number(process.env['HELIOS_SEED'] ?? Date.now() % 2 ** 31);
const MOST_OPEN = 64;

test(
  `${FAULTS} faults: every request is answered once, every message comes once and in order (seed ${SEED})`,
  { skip, timeout: 3_600_000 },
  async () => {
    const line = await openLine(URL_OF_SERVER, SEED);
    const random = randomOf(SEED + 1);
    const uncertain: string[] = [];
    const heard: number[] = [];
    const asked: number[] = [];
    const helios = await connect(line.url, {
      WebSocket: Ws as any,
      reconnect: { delay: 1, maxDelay: 4 },
      keepTrying: true,
      requestTimeout: 120_000,
      setup: (helios) => {
        helios.onText((text: string) => heard.push(Number(text.slice(1))));
        helios.method('ui:ask', (number: number) => {
          asked.push(number);
          return number;
        });
        helios.events.on('unconfirmed', () => uncertain.push('unconfirmed'));
        helios.events.on('missed', () => uncertain.push('missed'));
        helios.events.on('recovered', ({ continued }) => continued || uncertain.push('another epoch'));
        helios.events.on('closed', ({ confirmed, code }) => confirmed || uncertain.push(`closed ${code}`));
      },
    });
    const open = new Set<Promise<void>>();
    const send = (number: number): void => {
      helios.sendText(`n${number}`);
      const request =
        random() < 0.2 ? helios.request('echo:call', { method: 'ui:ask', payload: number }) : helios.request('echo:echo', number);
      const done: Promise<void> = request.then((answer) => {
        assert.equal(answer, number);
        open.delete(done);
      });
      open.add(done);
    };
    let number = 0;
    while (line.faults < FAULTS) {
      send(number++);
      if (open.size >= MOST_OPEN) await Promise.race(open);
      else if (random() < 0.1) await new Promise(setImmediate);
    }
    line.heal();
    await Promise.all(open);
    for (let round = 0; heard.length < number && round < 1_000; round++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(uncertain, []);
    assert.equal(heard.length, number);
    heard.forEach((one, index) => assert.equal(one, index));
    assert.equal(new Set(asked).size, asked.length);
    await helios.close();
    await line.close();
    assert.deepEqual(uncertain, []);
    console.log(`${line.faults} faults, ${number} messages each way, ${number} requests, ${asked.length} of the server`);
  },
);
