// The reload of a page, and its copies.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { persistIn } from '../src/persist.js';
import { fire, leave, Locks, newPage, open, page, removePage, Store } from './support/page.js';
import { FakeServer, outcome, settle, world, type World } from './support/world.js';

beforeEach(() => newPage());
afterEach(removePage);

test('Reload: the next page goes on in the same epoch, nothing is lost or doubled', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  const first = await open(store, locks, server);
  server.notify('a', 1);
  first.helios.notify('b:1');
  server.isManual = true;
  first.helios.notify('b:2');
  first.helios.sendBinary(new Uint8Array([0, 128, 255]));
  server.notify('a', 2);
  await leave(first);
  server.isManual = false;
  const heard: unknown[] = [];
  const second = await open(store, locks, server, { setup: (helios) => helios.on('a', (data: unknown) => heard.push(data)) });
  assert.equal(second.told.find(({ name }) => name === 'recovered')!.event.continued, true);
  assert.deepEqual(heard, [2]);
  assert.deepEqual(
    server.received.map(({ notification }) => notification?.topic),
    ['b:1', 'b:2'],
  );
  assert.deepEqual([...server.texts[0]], [0, 128, 255]);
  const [old, fresh] = [server.sockets[0]!.query, server.last.query];
  assert.equal(fresh.get('instance'), old.get('instance'));
  assert.ok(Number(fresh.get('attempt')) > Number(old.get('attempt')));
});

test('Reload: what was written offline is sent by the next page, which tries until it can', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  const first = await open(store, locks, server);
  server.isDown = true;
  server.cut();
  first.helios.notify('b:offline');
  await leave(first);
  const second = world({ persist: persistIn(store, { locks }) }, server);
  const opening = second.helios.connect();
  await settle(40);
  server.isDown = false;
  for (let i = 0; i < 20 && second.helios.status !== 'connected'; i++) {
    await new Promise(setImmediate);
    await second.clock.advance(500);
  }
  await opening;
  assert.deepEqual(
    server.received.map(({ notification }) => notification?.topic),
    ['b:offline'],
  );
});

test('Reload: what was written before the first connection is sent by the next page', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  server.isManual = true;
  const first = world({ persist: persistIn(store, { locks }) }, server);
  void first.helios.connect().catch(() => {});
  await settle(30);
  first.helios.notify('b:early');
  await leave(first);
  server.isManual = false;
  await open(store, locks, server);
  assert.deepEqual(
    server.received.map(({ notification }) => notification?.topic),
    ['b:early'],
  );
  assert.equal(server.starlings.size, 1);
});

test('Reload: a page that crashed leaves the counters out, and is the same starling', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  const first = await open(store, locks, server);
  server.notify('a', 1);
  locks.held.clear();
  const second = await open(store, locks, server);
  assert.equal(second.helios.starlingId, first.helios.starlingId);
  assert.equal(server.last.query.get('epoch'), null);
  assert.equal(server.last.query.get('received'), null);
  assert.notEqual(server.last.query.get('instance'), server.sockets[0]!.query.get('instance'));
  assert.equal(second.told.find(({ name }) => name === 'recovered')!.event.continued, false);
});

test('Reload: a request with a key is found again, its progress, items and answer go on', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  server.methods['a:job'] = () => undefined;
  const first = await open(store, locks, server);
  const job = first.helios.request('a:job', 1, { key: 'job' });
  server.notify('stream:item', 1, job.id);
  server.notify('stream:item', 2, job.id);
  const loop = job[Symbol.asyncIterator]();
  assert.equal((await loop.next()).value, 1);
  await leave(first);
  server.notify('progress', 50, job.id);
  server.notify('stream:item', 3, job.id);
  const second = await open(store, locks, server);
  assert.equal(second.helios.reattach('other'), undefined);
  const progress: unknown[] = [];
  const again = second.helios.reattach('job', { onProgress: (data) => progress.push(data) })!;
  assert.equal(again.id, job.id);
  server.notify('progress', 60, job.id);
  server.notify('stream:item', 4, job.id);
  server.answer(server.starling, job.id, undefined);
  const items: unknown[] = [];
  for await (const item of again) items.push(item);
  assert.deepEqual(items, [2, 3, 4]);
  assert.deepEqual(progress, [50, 60]);
  assert.equal(second.helios.reattach('job'), undefined);
});

test('Reload: items of a stream that had ended are still read', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  server.methods['a:job'] = (_payload, { requestId }, starling) => {
    server.notify('stream:item', 1, requestId!);
    server.answer(starling, requestId!, undefined);
  };
  const first = await open(store, locks, server);
  await first.helios.request('a:job', 1, { key: 'job' });
  await leave(first);
  const second = await open(store, locks, server);
  const items: unknown[] = [];
  for await (const item of second.helios.reattach('job')!) items.push(item);
  assert.deepEqual(items, [1]);
});

test('Reload: a request that was found again can be cancelled', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  server.methods['a:job'] = () => undefined;
  const first = await open(store, locks, server);
  first.helios.request('a:job', 1, { key: 'job' });
  await leave(first);
  const second = await open(store, locks, server);
  const controller = new AbortController();
  const again = outcome(second.helios.reattach('job', { signal: controller.signal })!);
  controller.abort();
  assert.equal((await again).error.code, 'REQUEST_CANCELLED');
  assert.equal(server.received.at(-1)!.notification!.topic, 'system:cancel');
});

test('Reload: what the server had asked the old page is answered by the new one', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  const first = await open(store, locks, server);
  first.helios.method('ui:ask', () => new Promise(() => {}));
  const id = server.request('ui:ask');
  await leave(first);
  await open(store, locks, server);
  assert.deepEqual(
    server.received.map(({ requestId, error }) => [requestId, error!.code]),
    [[id, 'METHOD_ERROR']],
  );
});

test('A copied tab becomes a new starling, and neither throws the other out', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  const first = await open(store, locks, server);
  const copy = store.copy();
  newPage();
  const second = await open(copy, locks, server);
  assert.notEqual(second.helios.starlingId, first.helios.starlingId);
  assert.equal(first.helios.status, 'connected');
  assert.notEqual(copy.entry.owner, store.entry.owner);
  await leave(second);
  const third = await open(copy, locks, server);
  assert.equal(third.helios.starlingId, second.helios.starlingId);
  assert.equal(first.helios.status, 'connected');
});

test('Without locks, pages agree over a BroadcastChannel', async () => {
  const [store, server] = [new Store(), new FakeServer()];
  const first = world({ persist: persistIn(store, { locks: undefined }) }, server);
  await first.helios.connect();
  const second = world({ persist: persistIn(store.copy(), { locks: undefined }) }, server);
  await second.helios.connect();
  assert.notEqual(second.helios.starlingId, first.helios.starlingId);
  await first.helios.close();
  await second.helios.close();
});

test('A store that throws is as good as none', async () => {
  const boom = (): never => {
    throw new DOMException('denied', 'SecurityError');
  };
  const stores = [
    boom,
    { getItem: boom, setItem: boom, removeItem: boom },
    { getItem: () => '{broken', setItem: boom, removeItem: boom },
    { getItem: () => '{"owner":5}', setItem: () => {}, removeItem: boom },
  ];
  for (const store of stores) {
    const { server, helios, logged } = await open(store, new Locks(), new FakeServer());
    server.methods['a:echo'] = (payload) => payload;
    assert.equal(await helios.request('a:echo', 1), 1);
    await fire('pagehide');
    await fire('pageshow');
    assert.equal(await helios.request('a:echo', 2), 2);
    await helios.close();
    assert.deepEqual(logged, []);
  }
});

test('A store that is too small keeps the token', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  const { setItem } = store;
  store.setItem = (key, value) => {
    if (value.length > 2_000) throw new DOMException('full', 'QuotaExceededError');
    setItem(key, value);
  };
  const first = await open(store, locks, server);
  server.isManual = true;
  first.helios.notify('b:1', 'x'.repeat(5_000));
  await leave(first);
  server.isManual = false;
  const second = await open(store, locks, server);
  assert.equal(second.helios.starlingId, first.helios.starlingId);
});

test('After 4000, 4002 and a goodbye the stored token is gone; after disconnect() it is not', async () => {
  for (const [end, isGone] of [
    [({ server }: World) => server.close(4000), true],
    [({ server }: World) => server.close(4002), true],
    [({ helios }: World) => helios.close(), true],
    [({ helios }: World) => helios.disconnect(), false],
  ] as const) {
    const [store, locks] = [new Store(), new Locks()];
    const all = await open(store, locks, new FakeServer());
    assert.ok(store.entry.token);
    await end(all);
    await settle();
    assert.equal(store.entry === null, isGone);
    assert.equal(locks.held.size, 0);
    assert.equal(page.listeners, 0);
  }
});

test('A token of a store goes only if this life wrote it', async () => {
  const [store, locks, server] = [new Store(), new Locks(), new FakeServer()];
  const first = await open(store, locks, server);
  await leave(first);
  server.instead = (socket) => void socket.down.push({ code: 4000, reason: '' });
  const second = world({ persist: persistIn(store, { locks }) }, server);
  assert.equal((await outcome(second.helios.connect())).error.code, 'CONNECTION_REJECTED');
  assert.ok(store.entry.token);
});
