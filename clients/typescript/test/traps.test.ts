// What the sample's client fell into.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeliosClient, HeliosError } from '../src/index.js';
import { connected, FakeServer, outcome, settle, world } from './support/world.js';

test('An exception of any handler breaks neither the client nor the others', async () => {
  const { server, helios, clock, logged } = world();
  const boom = (): never => {
    throw new Error('boom');
  };
  for (const name of [
    'connected',
    'disconnected',
    'reconnecting',
    'recovered',
    'missed',
    'status',
    'closed',
    'error',
    'unconfirmed',
  ] as const)
    helios.events.on(name, boom);
  const heard: unknown[] = [];
  helios.on('a', boom);
  helios.on('a', async () => boom());
  helios.on('a', (data) => heard.push(data));
  helios.onText(boom);
  helios.onJson(boom);
  helios.onBinary(boom);
  await helios.connect();
  server.methods['a:job'] = (_payload, { requestId }, starling, server) => {
    server.notify('progress', 1, requestId!, starling);
    return 'done';
  };
  assert.equal(await helios.request('a:job', 0, { onProgress: boom }), 'done');
  server.notify('a', 1);
  server.send('text');
  server.send('{}');
  server.send(new Uint8Array(1));
  server.cut();
  await clock.advance(200);
  server.notify('a', 2);
  assert.deepEqual(heard, [1, 2]);
  assert.equal(helios.status, 'connected');
  assert.ok(logged.length > 10);
  await helios.close();
  assert.equal(helios.status, 'closed');
});

test('A logger that throws, and a trace that throws, break nothing', async () => {
  const boom = (): never => {
    throw new Error('boom');
  };
  const { server, helios } = await connected({ logger: { warn: boom, error: boom }, trace: boom });
  server.methods['a:echo'] = (payload) => payload;
  assert.equal(await helios.request('a:echo', 1), 1);
});

test('A result that cannot be written is answered METHOD_ERROR', async () => {
  const { server, helios } = await connected();
  const circle: any = {};
  circle.self = circle;
  helios.method('ui:big', () => 1n);
  helios.method('ui:circle', () => circle);
  helios.method('ui:details', () => {
    throw new HeliosError('OWN', 'x', circle);
  });
  for (const name of ['ui:big', 'ui:circle', 'ui:details']) server.request(name);
  await settle();
  assert.deepEqual(
    server.received.map(({ error }) => error!.code),
    ['METHOD_ERROR', 'METHOD_ERROR', 'METHOD_ERROR'],
  );
});

test('A payload that cannot be written fails its request with a HeliosError, and leaves nothing behind', async () => {
  const { helios, clock } = await connected();
  const before = clock.timers;
  const { error } = await outcome(helios.request('a:b', 1n));
  assert.ok(error instanceof HeliosError);
  assert.equal(clock.timers, before);
});

test('A queue that is full when a request times out: its promise ends all the same', async () => {
  const { server, helios, clock } = await connected({ maxQueued: 64, reconnect: { delay: 60_000, maxDelay: 60_000 } });
  server.methods['a:slow'] = () => undefined;
  const sent = outcome(helios.request('a:slow', 1, { timeout: 10 }));
  server.isManual = true;
  while (true) {
    try {
      helios.notify('a:fill');
    } catch {
      break;
    }
  }
  await clock.advance(10);
  assert.equal((await sent).error.code, 'REQUEST_TIMEOUT');
});

test('connect() twice is one connection', async () => {
  const { server, helios } = world();
  const [first, second] = await Promise.all([helios.connect(), helios.connect()]);
  await helios.connect();
  assert.equal(first, second);
  assert.equal(server.sockets.length, 1);
});

test('connect() of a client that is closed fails', async () => {
  const { helios } = await connected();
  await helios.close();
  const other = world();
  await other.helios.close();
  assert.equal((await outcome(other.helios.connect())).error.code, 'CONNECTION_CLOSED');
  assert.throws(() => helios.request('a:b'), { code: 'CONNECTION_CLOSED' });
});

test('An address with a query keeps it, and http means ws', async () => {
  const server = new FakeServer();
  const helios = new HeliosClient('https://server/helios?access_token=a%20b&room=1#top', { WebSocket: server.WebSocket });
  await helios.connect();
  const url = new URL(server.last.url);
  assert.equal(url.protocol, 'wss:');
  assert.equal(url.searchParams.get('access_token'), 'a b');
  assert.equal(url.searchParams.get('room'), '1');
  assert.equal(url.searchParams.get('resume'), '1');
  assert.equal(url.hash, '');
  await helios.close();
  assert.throws(() => new HeliosClient('ftp://server'), { code: 'VALIDATION_ERROR' });
  assert.throws(() => new HeliosClient('ws://me:secret@server'), { code: 'VALIDATION_ERROR' });
});

test('All errors are of one class', async () => {
  const { helios, server } = await connected();
  const errors = [
    (await outcome(helios.request('nope'))).error,
    (await outcome(helios.request('a:none'))).error,
    (await outcome(helios.request('a:none', 1, { signal: AbortSignal.abort() }))).error,
  ];
  server.close(4002);
  for (const use of [() => helios.notify('a'), () => helios.request('a:b'), () => helios.sendText('x'), () => helios.on('', () => {})]) {
    try {
      use();
    } catch (error) {
      errors.push(error);
    }
  }
  assert.equal(errors.length, 7);
  for (const error of errors) assert.ok(error instanceof HeliosError && error.name === 'HeliosError' && /^[A-Z_]+$/.test(error.code));
});

test('A client that is closed leaves no timer, listener or socket behind', async () => {
  const { server, helios, clock, told } = await connected({ getToken: () => 'ticket' });
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = (...args: [any, any]) => {
    listeners++;
    add.apply(signal, args);
  };
  signal.removeEventListener = (...args: [any, any]) => {
    listeners--;
    remove.apply(signal, args);
  };
  server.methods['a:slow'] = () => undefined;
  const open = outcome(helios.request('a:slow', 1, { signal }));
  helios.method('ui:slow', () => new Promise(() => {}));
  server.request('ui:slow');
  await helios.close();
  await open;
  assert.equal(clock.timers, 0);
  assert.equal(listeners, 0);
  assert.ok(server.sockets.every(({ readyState }) => readyState >= 2));
  told.length = 0;
  server.last.onmessage?.({ data: 'late' });
  server.last.onclose?.({ code: 1006, reason: '' });
  assert.deepEqual(told, []);
});

test('A server that asks on and acknowledges no answer is left', async () => {
  const { server, helios, told, clock } = await connected({ maxQueued: 64 });
  helios.method('ui:ask', () => 'x');
  server.isManual = true;
  for (let i = 0; i < 200 && helios.status === 'connected'; i++) {
    server.request('ui:ask');
    while (server.last.deliverDown());
    await settle();
  }
  assert.equal(told.find(({ name }) => name === 'disconnected')!.event.code, 4003);
  server.isManual = false;
  await clock.advance(200);
  assert.equal(server.last.query.get('epoch'), null);
});

test('A handler that closes the client in any event is heard', async () => {
  for (const name of ['connected', 'disconnected', 'reconnecting', 'recovered'] as const) {
    const { server, helios, clock } = world();
    helios.events.on(name, () => void helios.close());
    await helios.connect();
    if (name !== 'connected') server.cut();
    await clock.advance(20_000);
    assert.equal(helios.status, 'closed', name);
    assert.equal(clock.timers, 0, name);
  }
});
