// The life of a page.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { persistIn } from '../src/persist.js';
import { fire, leave, Locks, newPage, open, page, removePage, Store } from './support/page.js';
import { FakeServer, outcome, settle, world } from './support/world.js';

beforeEach(() => newPage());
afterEach(removePage);

for (const type of ['online', 'offline']) {
  test(`${type}: the connection is checked at once`, async () => {
    const { server, clock } = await open(new Store(), new Locks(), new FakeServer());
    await fire(type);
    assert.equal(JSON.parse(server.last.sent.at(-1)!).type, 'ping');
    server.isManual = true;
    await fire(type);
    await clock.advance(5_000);
    assert.ok(server.sockets.length >= 1);
  });
}

test('A connection that is dead is left within 5 s after the page is seen again', async () => {
  const { server, helios, clock } = await open(new Store(), new Locks(), new FakeServer());
  server.isManual = true;
  page.document.visibilityState = 'hidden';
  await fire('visibilitychange', page.document);
  assert.equal(server.last.sent.length, 0);
  page.document.visibilityState = 'visible';
  await fire('visibilitychange', page.document);
  await clock.advance(5_000);
  assert.equal(helios.status, 'reconnecting');
});

test('online: a client that waits for its next try does not wait any longer', async () => {
  const { server, helios } = await open(new Store(), new Locks(), new FakeServer(), {
    reconnect: { delay: 3_600_000, maxDelay: 3_600_000 },
  });
  server.cut();
  await fire('online');
  assert.equal(helios.status, 'connected');
  assert.equal(server.sockets.length, 2);
});

test('freeze and resume: stops, keeps, and goes on as the same life', async () => {
  const store = new Store();
  const { server, helios, clock } = await open(store, new Locks(), new FakeServer());
  await fire('freeze', page.document);
  assert.equal(clock.timers, 0);
  assert.ok(store.entry.state);
  server.notify('a', 1);
  const heard: unknown[] = [];
  helios.on('a', (data) => heard.push(data));
  helios.notify('b:1');
  await fire('resume', page.document);
  assert.equal(helios.status, 'connected');
  assert.equal(store.entry.state, undefined);
  assert.deepEqual(heard, [1]);
  assert.equal(server.last.query.get('instance'), server.sockets[0]!.query.get('instance'));
  assert.equal(server.received.length, 1);
});

test('The back-forward cache: the page comes back and goes on, without a store, too', async () => {
  for (const options of [{}, { persist: undefined }]) {
    const { server, helios } = await open(new Store(), new Locks(), new FakeServer(), options);
    server.methods['a:slow'] = () => undefined;
    const request = helios.request('a:slow');
    await fire('pagehide');
    assert.notEqual(helios.status, 'connected');
    server.answer(server.starling, request.id, 'late');
    await fire('pageshow');
    assert.equal(await request, 'late');
    assert.equal(server.sockets.length, 2);
  }
});

test('The back-forward cache: a page in whose place another one has gone on takes over what that one left', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  server.methods['a:slow'] = () => undefined;
  const first = await open(store, locks, server);
  const heard: unknown[] = [];
  first.helios.on('a', (data) => heard.push(data));
  server.notify('a', 1);
  const lost = outcome(first.helios.request('a:slow'));
  await fire('pagehide');
  const firstPage = page;
  newPage();
  const second = await open(store, locks, server);
  server.notify('a', 2);
  second.helios.notify('b:second');
  await leave(second);
  server.notify('a', 3);
  newPage(firstPage);
  await fire('pageshow');
  assert.deepEqual(heard, [1, 3]);
  assert.equal((await lost).error.code, 'STATE_RECOVERY_FAILED');
  first.helios.notify('b:first');
  assert.deepEqual(
    server.received.map(({ notification }) => notification?.topic),
    [undefined, 'b:second', 'b:first'],
  );
  assert.equal(server.starlings.size, 1);
});

test('A client that is closed while its page is frozen says goodbye, and leaves nothing in the store', async () => {
  const store = new Store();
  const { helios, server } = await open(store, new Locks(), new FakeServer());
  await fire('freeze', page.document);
  await helios.close();
  assert.equal(server.starling.isGone, true);
  assert.equal(store.entry, null);
});

test('What a page is frozen in before its first welcome goes on, too', async () => {
  const server = new FakeServer();
  server.isManual = true;
  const { helios } = world({ persist: persistIn(new Store(), { locks: new Locks() }) }, server);
  const opening = helios.connect();
  await settle(30);
  await fire('freeze', page.document);
  server.isManual = false;
  await fire('resume', page.document);
  await opening;
  assert.equal(helios.status, 'connected');
});

test('A client that has ended, or never begun, follows no page', async () => {
  const closed = world();
  await closed.helios.close();
  await outcome(closed.helios.connect());
  const aborted = world({ signal: AbortSignal.abort() });
  await outcome(aborted.helios.connect());
  world();
  assert.equal(page.listeners, 0);
});
