// A page that lives long. The full number of requests and reconnects runs with --long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connected, settle } from './support/world.js';

const IS_LONG = !!process.env['HELIOS_LONG'];
const [REQUESTS, RECONNECTS] = IS_LONG ? [100_000, 1_000] : [5_000, 100];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function heap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}

test(`${REQUESTS} requests and ${RECONNECTS} reconnects leave the heap flat, and no timer behind`, async () => {
  const { server, helios, clock, told } = await connected({ reconnect: { delay: 10, maxDelay: 10 } });
  server.methods['a:echo'] = (payload) => payload;
  helios.method('ui:ask', (payload) => payload);
  const controller = new AbortController();
  const forget = (): void => {
    for (const list of [server.received, server.texts, told, server.dropped, server.last.sent]) list.length = 0;
    server.sockets.splice(0, server.sockets.length - 1);
  };
  const work = async (requests: number, reconnects: number): Promise<void> => {
    for (let i = 0; i < requests; i++) {
      assert.equal(await helios.request('a:echo', i, { signal: controller.signal }), i);
      if (i % 100 === 0) server.request('ui:ask', i);
      if (i % Math.ceil(requests / reconnects) === 0) {
        server.cut();
        const waiting = helios.request('a:echo', i, { key: String(i) });
        await clock.advance(200);
        assert.equal(await waiting, i);
      }
      if (i % 1_000 === 0) forget();
    }
    await clock.advance(2_000);
    forget();
    await settle();
  };
  await work(2_000, 50);
  const [before, timers] = [await heap(), clock.timers];
  await work(REQUESTS, RECONNECTS);
  const grown = (await heap()) - before;
  assert.equal(clock.timers, timers);
  assert.ok(grown < 1_000_000, `${grown} bytes more`);
  await helios.close();
  assert.equal(clock.timers, 0);
});

test('A client that is closed is collected', async () => {
  let client: WeakRef<object>;
  const { server, clock } = await (async () => {
    const { server, helios, clock } = await connected();
    client = new WeakRef(helios);
    helios.on('a', () => {});
    await helios.close();
    return { server, clock };
  })();
  server.sockets.length = 0;
  for (let round = 0; round < 20 && client!.deref(); round++) await heap();
  assert.equal(client!.deref(), undefined);
  assert.equal(clock.timers, 0);
});
