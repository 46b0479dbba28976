// docs/protocol.md section 7: takeover, closes, goodbye, back-off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { write } from '../src/protocol.js';
import { connected, FakeServer, outcome } from './support/world.js';

const topics = (server: FakeServer): unknown[] => server.received.map(({ notification }) => notification?.topic);

for (const code of [4000, 4002]) {
  test(`Takeover: close ${code} is final, the token is forgotten, what is open fails`, async () => {
    const { server, clock, helios, told } = await connected();
    server.methods['a:slow'] = () => undefined;
    const request = outcome(helios.request('a:slow'));
    server.close(code);
    assert.equal((await request).error.code, 'CONNECTION_CLOSED');
    await clock.advance(600_000);
    assert.equal(server.sockets.length, 1);
    assert.equal(helios.status, 'closed');
    assert.equal(helios.token, undefined);
    assert.equal(told.find(({ name }) => name === 'closed')!.event.code, code);
    assert.equal(clock.timers, 0);
  });

  test(`Takeover: close ${code} in place of the welcome is final`, async () => {
    const { server, clock, helios } = await connected();
    server.cut();
    server.instead = (socket) => void socket.down.push({ code, reason: '' });
    await clock.advance(600_000);
    assert.equal(helios.status, 'closed');
    assert.equal(server.sockets.length, 2);
  });
}

test('Takeover: a life whose first try, with a token out of a store, gets 4002 begins as a new starling', async () => {
  const first = await connected();
  first.server.starling.isGone = true;
  const { helios } = await connected({ token: first.helios.token! }, first.server);
  assert.equal(helios.status, 'connected');
  assert.notEqual(helios.starlingId, 'starling-1');
  assert.equal(first.server.last.token, undefined);
});

for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 4001, 4003, 4008, 4029, 3000]) {
  test(`Close ${code} is not final: the client comes back`, async () => {
    const { server, clock, helios } = await connected();
    server.close(code);
    await clock.advance(70_000);
    assert.equal(helios.status, 'connected');
    if (code === 4001) assert.equal(server.last.token, undefined);
  });
}

test('Goodbye: sends what it holds, waits for the acknowledgement, acknowledges and closes with 1000', async () => {
  const { server, helios, told } = await connected();
  server.notify('a', 1);
  helios.notify('b:1');
  server.isManual = true;
  const closing = helios.close('bye');
  assert.throws(() => helios.notify('b:2'), { code: 'CONNECTION_CLOSED' });
  const { last } = server;
  last.pump();
  await closing;
  const texts = last.sent.map((text) => JSON.parse(text));
  assert.equal(texts.at(-2).type, 'ping');
  assert.deepEqual([texts.at(-1).type, texts.at(-1).received], ['ack', 1]);
  assert.equal(told.at(-1)!.event.confirmed ?? told.at(-2)!.event.confirmed, true);
  assert.equal(server.starling.isGone, true);
  assert.equal(helios.token, undefined);
});

test('Goodbye: away, the client comes back for it', async () => {
  const { server, clock, helios, told } = await connected();
  server.cut();
  helios.notify('b:1');
  const closing = helios.close();
  await clock.advance(200);
  await closing;
  assert.deepEqual(topics(server), ['b:1']);
  assert.equal(told.find(({ name }) => name === 'closed')!.event.confirmed, true);
});

test('Goodbye: 4002 in place of the welcome, once the 1000 was sent, is the answer too', async () => {
  const { server, clock, helios, told } = await connected();
  server.isManual = true;
  const closing = helios.close();
  server.last.deliverUp();
  server.last.deliverUp();
  server.cut();
  server.isManual = false;
  await clock.advance(200);
  await closing;
  assert.equal(told.find(({ name }) => name === 'closed')!.event.confirmed, true);
});

test('Goodbye: past the time limit, what has no ack is unconfirmed', async () => {
  const { server, clock, helios, told } = await connected();
  server.isManual = true;
  helios.notify('b:1');
  const closing = helios.close();
  await clock.advance(10_000);
  await closing;
  assert.equal(told.find(({ name }) => name === 'closed')!.event.confirmed, false);
  assert.equal(told.find(({ name }) => name === 'unconfirmed')!.event.messages.length, 1);
  assert.equal(clock.timers, 0);
});

test('Goodbye: requests that wait for a place fail, and the rest goes', async () => {
  const server = new FakeServer();
  server.welcome = { limits: { maxRequests: 1 } };
  server.methods['a:slow'] = () => undefined;
  const { helios } = await connected({}, server);
  const [first, second] = [outcome(helios.request('a:slow')), outcome(helios.request('a:slow'))];
  helios.notify('b:1');
  await helios.close();
  assert.equal((await first).error.code, 'CONNECTION_CLOSED');
  assert.equal((await second).error.code, 'CONNECTION_CLOSED');
  assert.deepEqual(topics(server), [undefined, 'b:1']);
});

test('Disconnect: the server keeps the starling, and another client comes back as it', async () => {
  const { server, helios, clock } = await connected();
  const { token } = helios;
  helios.disconnect();
  assert.equal(helios.status, 'closed');
  const other = await connected({ token: token! }, server, clock);
  assert.equal(other.helios.starlingId, 'starling-1');
});

test('Back-off: doubles up to its longest, at random', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const { server, clock, told } = await connected({ reconnect: { delay: 100, maxDelay: 1_000 } });
  server.isDown = true;
  server.cut();
  for (let i = 0; i < 6; i++) await clock.advance(1_000);
  const delays = told.filter(({ name }) => name === 'reconnecting').map(({ event }) => event.delay);
  assert.deepEqual(delays.slice(0, 5), [100, 200, 400, 800, 1_000]);
});

test('Back-off: starts over only when a connection has lasted, or had a message acknowledged', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const { server, clock, told, helios } = await connected();
  const attempts = (): number[] => told.filter(({ name }) => name === 'reconnecting').map(({ event }) => event.attempt);
  server.cut();
  await clock.advance(100);
  server.cut();
  await clock.advance(200);
  assert.deepEqual(attempts(), [1, 2]);
  await clock.advance(10_000);
  server.cut();
  await clock.advance(100);
  assert.deepEqual(attempts(), [1, 2, 1]);
  server.cut();
  await clock.advance(200);
  helios.notify('a:1');
  server.sendUncounted(write('ack', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', received: server.starling.received }));
  server.cut();
  assert.deepEqual(attempts(), [1, 2, 1, 2, 1]);
});

test('Back-off: after 4029 the next try waits as long as any', async () => {
  const { server, told } = await connected();
  server.close(4029);
  const { delay, failure } = told.find(({ name }) => name === 'reconnecting')!.event;
  assert.ok(delay >= 30_000);
  assert.equal(failure.code, 'RATE_LIMIT_EXCEEDED');
});

test('Back-off: 1008 is told with its reason, and the application may stop', async () => {
  const { server, helios, told } = await connected();
  helios.events.on('reconnecting', ({ failure, stop }) => failure?.refused && stop());
  server.close(1008, 'AUTH_EXPIRED');
  assert.equal(told.find(({ name }) => name === 'reconnecting')!.event.failure.code, 'AUTH_EXPIRED');
  assert.equal(helios.status, 'closed');
});

test('A moved clock changes nothing', async (t) => {
  const { server, clock, helios } = await connected();
  t.mock.method(Date, 'now', () => 0);
  server.notify('a', 1);
  helios.notify('b:1');
  server.cut();
  await clock.advance(200);
  assert.equal(server.last.query.get('received'), '1');
  assert.deepEqual(topics(server), ['b:1']);
});
