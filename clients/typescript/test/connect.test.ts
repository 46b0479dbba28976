// The first connection, and tickets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, FakeClock, FakeServer, outcome, settle, world } from './support/world.js';

test('Tickets: asked before each connection, and sent as access_token in the query', async () => {
  const asked: unknown[] = [];
  const { server, clock } = await connected({
    getToken: async (request) => {
      asked.push(request);
      return ` ticket-${asked.length}\n`;
    },
  });
  server.cut();
  await clock.advance(200);
  assert.deepEqual(
    server.sockets.map(({ query }) => query.get('access_token')),
    ['ticket-1', 'ticket-2'],
  );
  assert.deepEqual(asked[0], { refusal: undefined, renewal: false, fresh: false });
});

test('Tickets: renewed in place before the end, again and again', async () => {
  const server = new FakeServer();
  server.welcome = { ticketExpiresIn: 5 };
  let tickets = 0;
  const renewed: unknown[] = [];
  server.methods['system:renew'] = ({ ticket }) => {
    renewed.push(ticket);
    return { ticketExpiresIn: 5 };
  };
  const { clock } = await connected({ getToken: () => `ticket-${++tickets}` }, server);
  for (let second = 0; second < 60; second++) await clock.advance(1_000);
  assert.equal(server.sockets.length, 1);
  assert.ok(renewed.length >= 12 && renewed.length <= 20, `${renewed.length}`);
  assert.equal(renewed[0], 'ticket-2');
});

test('Tickets: a failing getToken is told once, tried again without a storm, and recovers', async () => {
  const server = new FakeServer();
  server.welcome = { ticketExpiresIn: 60 };
  server.methods['system:renew'] = () => ({ ticketExpiresIn: 60 });
  let asked = 0;
  let fails = false;
  const getToken = (): string => {
    asked++;
    if (fails) throw new Error('no network');
    return 'ticket';
  };
  const { clock, told } = await connected({ getToken }, server);
  fails = true;
  await clock.advance(59_000);
  const failures = told.filter(({ name }) => name === 'renewalFailed');
  assert.equal(failures.length, 1);
  assert.match(failures[0]!.event.error.message, /no network/);
  assert.ok(asked >= 3 && asked <= 8, `${asked}`);
  fails = false;
  await clock.advance(10_000);
  assert.equal(server.sockets.length, 1);
});

test('Tickets: what getToken throws fails the first connection, and is retried later', async () => {
  const { helios } = world({ getToken: () => Promise.reject(new Error('signed out')) });
  const { error } = await outcome(helios.connect());
  assert.equal(error.code, 'CONNECTION_REJECTED');
  assert.match(error.message, /signed out/);
  assert.equal(error.details.refused, false);
});

test('Tickets: a text that no request can carry is refused without being repeated', async () => {
  const { helios } = world({ getToken: () => 'Bearer secret' });
  const { error } = await outcome(helios.connect());
  assert.ok(!error.message.includes('secret'));
});

test('Tickets: a refusal is told with its reason, and the next ticket is asked for as fresh', async (t) => {
  const server = new FakeServer();
  const asked: any[] = [];
  let isRefused = true;
  const refusal = { error: { code: 'AUTH_EXPIRED', message: 'The ticket old has expired.' } };
  t.mock.method(globalThis, 'fetch', async (url: string) => {
    assert.match(url, /^http:\/\/server\/helios\?limit=\d+&access_token=old$/);
    return new Response(JSON.stringify(refusal), { status: 401, headers: { 'retry-after': '2' } });
  });
  server.isDown = true;
  const getToken = (request: any): string => {
    asked.push(request);
    if (asked.length > 2) server.isDown = isRefused = false;
    return asked.length > 2 ? 'new' : 'old';
  };
  const { helios, clock, told } = world({ getToken, keepTrying: true }, server);
  const opening = helios.connect();
  for (let i = 0; i < 40 && helios.status !== 'connected'; i++) {
    await new Promise(setImmediate);
    await clock.advance(500);
  }
  await opening;
  assert.equal(isRefused, false);
  const { failure } = told.find(({ name }) => name === 'reconnecting')!.event;
  assert.deepEqual([failure.status, failure.code, failure.refused, failure.retryAfter], [401, 'AUTH_EXPIRED', true, 2_000]);
  assert.match(failure.reason, /The ticket \*\*\* has expired/);
  assert.deepEqual(
    asked.map(({ fresh }) => fresh),
    [false, true, true],
  );
});

test('The first connection fails when the server cannot be reached, and with keepTrying it does not', async () => {
  const server = new FakeServer();
  server.isDown = true;
  const { helios } = world({}, server);
  assert.equal((await outcome(helios.connect())).error.code, 'CONNECTION_REJECTED');
  assert.equal(helios.status, 'closed');
  const other = world({ keepTrying: true }, server);
  const opening = other.helios.connect();
  await new Promise(setImmediate);
  server.isDown = false;
  await other.clock.advance(200);
  await opening;
  assert.equal(other.helios.status, 'connected');
});

test('A first connection can be given up with a signal', async () => {
  const server = new FakeServer();
  server.isManual = true;
  const controller = new AbortController();
  const { helios, clock } = world({ signal: controller.signal }, server);
  const opening = outcome(helios.connect());
  await settle();
  controller.abort();
  assert.equal((await opening).error.code, 'CONNECTION_CLOSED');
  assert.equal(clock.timers, 0);
});

test('connect() takes as long as connectTimeout at most', async () => {
  const server = new FakeServer();
  server.isManual = true;
  const { helios, clock } = world({ connectTimeout: 1_000 }, server, new FakeClock());
  const opening = outcome(helios.connect());
  await settle();
  await clock.advance(1_000);
  assert.match((await opening).error.message, /no welcome within 1 s/);
});

test('reconnect: false ends with the connection; attempts bound the tries', async () => {
  const { server, helios } = await connected({ reconnect: false });
  server.cut();
  assert.equal(helios.status, 'closed');
  const other = await connected({ reconnect: { attempts: 2 } });
  other.server.instead = (socket) => void socket.down.push({ code: 1011, reason: '' });
  other.server.cut();
  await other.clock.advance(5_000);
  assert.equal(other.helios.status, 'closed');
  assert.equal(other.told.find(({ name }) => name === 'closed')!.event.failure.code, 'INTERNAL_ERROR');
});
