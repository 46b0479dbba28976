// Requests both ways, topics, other frames, tickets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeliosError } from '../src/index.js';
import { write } from '../src/protocol.js';
import { connected, FakeClock, FakeServer, outcome, settle, world } from './support/world.js';

const responses = (server: FakeServer): any[] => server.received.filter(({ type }) => type === 'response');

test('A request is answered with data, without data, or with an error', async () => {
  const { server, helios } = await connected();
  server.methods['a:echo'] = (payload) => payload;
  assert.deepEqual(await helios.request('a:echo', { text: 'hi' }), { text: 'hi' });
  const { error } = await outcome(helios.request('a:none'));
  assert.ok(error instanceof HeliosError);
  assert.equal(error.code, 'METHOD_NOT_FOUND');
  server.methods['a:fail'] = (_payload, message, starling, server) =>
    server.answer(starling, message.requestId!, undefined, { code: 'CART_EMPTY', message: 'Empty.', details: { a: 1 } });
  const failed = (await outcome(helios.request('a:fail'))).error;
  assert.deepEqual([failed.code, failed.message, failed.details], ['CART_EMPTY', 'Empty.', { a: 1 }]);
});

test('A malformed method name fails before anything is sent', async () => {
  const { server, helios } = await connected();
  assert.equal((await outcome(helios.request('nope'))).error.code, 'VALIDATION_ERROR');
  assert.equal(server.received.length, 0);
});

test('Progress comes in order and before the answer', async () => {
  const { server, helios } = await connected();
  server.methods['a:job'] = (_payload, { requestId }, starling, server) => {
    for (const percent of [10, 50]) server.notify('progress', { percent }, requestId!, starling);
    return 'done';
  };
  const seen: unknown[] = [];
  const answer = await helios.request('a:job', undefined, { onProgress: ({ percent }) => seen.push(percent) });
  seen.push(answer);
  assert.deepEqual(seen, [10, 50, 'done']);
});

test('A streamed answer is read with for await', async () => {
  const { server, helios } = await connected();
  server.methods['a:stream'] = (_payload, { requestId }, starling, server) => {
    for (const item of [1, 2, 3]) server.notify('stream:item', item, requestId!, starling);
    server.send(write('response', { requestId, success: true }), starling);
  };
  const items: unknown[] = [];
  for await (const item of helios.request('a:stream')) items.push(item);
  assert.deepEqual(items, [1, 2, 3]);
});

test('Leaving the loop cancels the request', async () => {
  const { server, helios } = await connected();
  server.methods['a:stream'] = (_payload, { requestId }, starling, server) =>
    server.notify('stream:item', 1, requestId!, starling) as undefined;
  for await (const _ of helios.request('a:stream')) break;
  assert.equal(server.received.at(-1)!.notification!.topic, 'system:cancel');
});

test('The failure of a streamed answer is thrown by the loop, behind its items', async () => {
  const { server, helios } = await connected();
  server.methods['a:stream'] = (_payload, { requestId }, starling, server) => {
    server.notify('stream:item', 1, requestId!, starling);
    server.answer(starling, requestId!, undefined, { code: 'BROKEN', message: 'no' });
  };
  const items: unknown[] = [];
  await assert.rejects(
    async () => {
      for await (const item of helios.request('a:stream')) items.push(item);
    },
    { code: 'BROKEN' },
  );
  assert.deepEqual(items, [1]);
});

test('A loop over an answer that is a value fails with RESPONSE_UNREADABLE', async () => {
  const { server, helios } = await connected();
  server.methods['a:value'] = () => 1;
  await assert.rejects(
    async () => {
      for await (const _ of helios.request('a:value'));
    },
    { code: 'RESPONSE_UNREADABLE' },
  );
});

test('Items that nobody reads end the request past the bound', async () => {
  const { server, helios } = await connected({ maxQueuedBytes: 1_000 });
  server.methods['a:stream'] = (_payload, { requestId }, starling, server) => {
    for (let i = 0; i < 20; i++) server.notify('stream:item', 'x'.repeat(100), requestId!, starling);
  };
  assert.equal((await outcome(helios.request('a:stream'))).error.code, 'REQUEST_QUEUE_FULL');
});

test('A timeout, a signal and cancel end a request', async () => {
  const { server, helios, clock } = await connected();
  server.methods['a:slow'] = () => undefined;
  const late = outcome(helios.request('a:slow', 1, { timeout: 1_000 }));
  await clock.advance(1_000);
  assert.deepEqual((await late).error.details, { timeout: 1_000 });
  const controller = new AbortController();
  const aborted = outcome(helios.request('a:slow', 1, { signal: controller.signal }));
  controller.abort(new Error('gone'));
  const { error } = await aborted;
  assert.equal(error.code, 'REQUEST_CANCELLED');
  assert.equal(error.cause.message, 'gone');
  assert.equal((await outcome(helios.request('a:slow', 1, { signal: AbortSignal.abort() }))).error.code, 'REQUEST_CANCELLED');
  assert.deepEqual(
    server.received.filter(({ type }) => type === 'notification').map(({ notification }) => notification!.data.reason),
    ['timeout', 'aborted'],
  );
});

test('Requests beyond what the server takes wait, and nothing overtakes them', async () => {
  const server = new FakeServer();
  server.welcome = { limits: { maxRequests: 2 } };
  server.methods['a:slow'] = () => undefined;
  const { helios } = await connected({}, server);
  const all = [1, 2, 3].map((payload) => outcome(helios.request('a:slow', payload)));
  helios.notify('b:behind');
  assert.equal(server.received.length, 2);
  server.answer(server.starling, [...server.starling.open.keys()][0]!, 'first');
  assert.deepEqual(
    server.received.map(({ payload, notification }) => payload ?? notification!.topic),
    [1, 2, 3, 'b:behind'],
  );
  assert.equal((await all[0]!).value, 'first');
  await helios.close();
});

test('A message larger than the server takes is refused where it is made', async () => {
  const server = new FakeServer();
  server.welcome = { limits: { maxMessageSize: 1_000 } };
  const { helios } = world({}, server);
  const early = outcome(helios.request('a:echo', 'x'.repeat(2_000)));
  await helios.connect();
  assert.equal((await early).error.code, 'REQUEST_PAYLOAD_TOO_LARGE');
  assert.deepEqual(Object.keys((await outcome(helios.request('a:echo', 'ü'.repeat(600)))).error.details), ['size', 'limit']);
  assert.throws(() => helios.notify('a:b', 'x'.repeat(2_000)), { code: 'REQUEST_PAYLOAD_TOO_LARGE' });
  server.request('ui:big');
  helios.method('ui:large', () => 'x'.repeat(2_000));
  server.request('ui:large');
  await settle();
  assert.deepEqual(
    responses(server).map(({ error }) => error.code),
    ['METHOD_NOT_FOUND', 'REQUEST_PAYLOAD_TOO_LARGE'],
  );
});

test('The server asks, and is answered', async () => {
  const { server, helios } = await connected();
  const take = helios.method('ui:ask', (payload, { method, progress }) => {
    progress(50);
    return { method, payload };
  });
  const id = server.request('ui:ask', 1);
  await settle();
  assert.deepEqual(
    server.received.map(({ type, requestId }) => [type, requestId]),
    [
      ['notification', id],
      ['response', id],
    ],
  );
  assert.deepEqual(responses(server)[0].data, { method: 'ui:ask', payload: 1 });
  take();
  server.request('ui:ask', 1);
  assert.equal(responses(server)[1].error.code, 'METHOD_NOT_FOUND');
});

test('A method that returns an async iterable streams its answer', async () => {
  const { server, helios } = await connected();
  helios.method('ui:list', async function* () {
    yield 'a';
    yield 'b';
  });
  server.request('ui:list');
  await settle(60);
  assert.deepEqual(
    server.received.map(({ notification, success }) => notification?.data ?? success),
    ['a', 'b', true],
  );
  assert.ok(!('data' in server.received[2]!));
});

test('A method fails with its own error, METHOD_ERROR, a cancellation or its time', async () => {
  const { server, helios, clock, logged } = await connected();
  server.methods['a:none'] = (_payload, message, starling, server) =>
    server.answer(starling, message.requestId!, undefined, { code: 'SECRET', message: 'x' });
  const signals: AbortSignal[] = [];
  helios.method('ui:own', () => {
    throw new HeliosError('NOT_NOW', 'Later.', { in: 5 });
  });
  helios.method('ui:throw', () => {
    throw new Error('internal');
  });
  helios.method('ui:foreign', () => helios.request('a:none'));
  helios.method('ui:slow', (_payload, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  server.request('ui:own');
  server.request('ui:throw');
  server.request('ui:foreign');
  const cancelled = server.request('ui:slow');
  server.notify('system:cancel', { reason: 'enough' }, cancelled);
  server.request('ui:slow');
  await clock.advance(30_000);
  assert.deepEqual(
    responses(server)
      .map(({ error }) => [error.code, error.details])
      .sort(),
    [
      ['METHOD_ERROR', undefined],
      ['METHOD_ERROR', undefined],
      ['NOT_NOW', { in: 5 }],
      ['REQUEST_CANCELLED', { reason: 'enough' }],
      ['REQUEST_TIMEOUT', { timeout: 30_000 }],
    ],
  );
  assert.ok(signals.every(({ aborted }) => aborted));
  assert.equal(logged.length, 2);
});

test('A request with the id of one that runs gets REQUEST_DUPLICATE as an error message', async () => {
  const { server, helios } = await connected();
  helios.method('ui:slow', () => new Promise(() => {}));
  const id = server.request('ui:slow');
  server.send(write('request', { requestId: id.toUpperCase(), method: 'ui:slow' }));
  server.send(write('request', { requestId: id, method: 'ui:none' }));
  server.send(write('request', { requestId: id, method: 'bad' }));
  assert.deepEqual(
    server.received.map(({ type, error }) => [type, error!.code]),
    Array(3).fill(['error', 'REQUEST_DUPLICATE']),
  );
});

test('Reserved, malformed and doubled methods cannot be registered', async () => {
  const { helios } = await connected();
  helios.method('ui:ask', () => 1);
  for (const name of ['system:x', 'stream:x', 'helios:x', 'internal:x', 'one', 'ui:ask'])
    assert.throws(() => helios.method(name, () => 1), { code: 'VALIDATION_ERROR' });
});

test('Invalid messages are answered as section 4 says, and an error message never is', async () => {
  const { server, told } = await connected();
  const requestId = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
  server.send(write('request', { requestId, method: 'bad' }));
  server.send(write('request', { requestId, method: 5 }));
  server.send(write('request', { method: 'a:b' }));
  server.send(write('notification', {}));
  server.send(write('error', { error: { code: 'no' } }));
  server.send(write('error', { error: { severity: 'application', code: 'OUCH', message: 'm' } }));
  assert.deepEqual(
    server.received.map(({ type, requestId, error }) => [type, requestId, error!.code]),
    [
      ['response', requestId, 'METHOD_INVALID_NAME'],
      ['response', requestId, 'PROTOCOL_INVALID_MESSAGE'],
      ['error', undefined, 'PROTOCOL_VIOLATION'],
      ['error', undefined, 'PROTOCOL_VIOLATION'],
    ],
  );
  assert.equal(told.find(({ name }) => name === 'error')!.event.code, 'OUCH');
});

test('A request fails at once when its answer, or an item of it, is invalid', async () => {
  const { server, helios } = await connected();
  server.methods['a:bad'] = (_payload, { requestId }, starling, server) =>
    server.send(write('response', { requestId, success: 'yes' }), starling);
  assert.equal((await outcome(helios.request('a:bad'))).error.code, 'PROTOCOL_INVALID_MESSAGE');
  server.methods['a:item'] = (_payload, { requestId }, starling, server) =>
    server.send(write('notification', { requestId, notification: 5 }), starling);
  assert.equal((await outcome(helios.request('a:item'))).error.code, 'PROTOCOL_INVALID_MESSAGE');
  server.methods['a:peer'] = (_payload, { requestId }, starling, server) =>
    server.send(write('response', { requestId, success: true, peer: true }), starling);
  assert.equal((await outcome(helios.request('a:peer'))).error.code, 'PROTOCOL_INVALID_MESSAGE');
  assert.equal(server.received.filter(({ type }) => type === 'error').length, 3);
});

test('A message for another client gets PROXY_FORBIDDEN', async () => {
  const { server } = await connected();
  server.send(write('request', { requestId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', method: 'a:b', peer: true }));
  server.send(write('notification', { notification: { topic: 'a' }, peer: {} }));
  assert.deepEqual(
    server.received.map(({ type, error }) => [type, error!.code]),
    [
      ['response', 'PROXY_FORBIDDEN'],
      ['error', 'PROXY_FORBIDDEN'],
    ],
  );
});

test('Topics fit patterns, and an unsubscribed handler hears nothing', async () => {
  const { server, helios } = await connected();
  const heard: string[] = [];
  for (const pattern of ['chat:42', 'chat:*', 'chat:**', '**', '*:42', 'chat'])
    helios.on(pattern, (_data, topic) => heard.push(`${pattern} ${topic}`));
  const stop = helios.on('chat:42', () => heard.push('stopped'));
  stop();
  server.notify('chat:42', 1);
  assert.deepEqual(heard, ['chat:42 chat:42', 'chat:* chat:42', 'chat:** chat:42', '** chat:42', '*:42 chat:42']);
  heard.length = 0;
  server.notify('chat:42:x', 1);
  server.notify('chat', 1);
  server.send(write('notification', { notification: {} }));
  assert.deepEqual(heard, ['chat:** chat:42:x', '** chat:42:x', '** chat', 'chat chat', '** undefined']);
  for (const pattern of ['', 'a:', '**:a', 'a b', 'a:**:b', 'x'.repeat(257)])
    assert.throws(() => helios.on(pattern, () => {}), { code: 'VALIDATION_ERROR' });
});

test('Text, JSON and bytes go both ways', async () => {
  const { server, helios } = await connected();
  const heard: unknown[] = [];
  helios.onText((text) => heard.push(text));
  helios.onJson((value) => heard.push(value));
  helios.onBinary((data) => heard.push([...data]));
  server.send('hello');
  server.send('{"a":1}');
  server.send(new Uint8Array([1, 2]));
  assert.deepEqual(heard, ['hello', { a: 1 }, [1, 2]]);
  const bytes = new Uint8Array([9, 7, 8, 9]);
  helios.sendText('hello');
  helios.sendJson({ b: 2 });
  helios.sendBinary(bytes.subarray(1, 3));
  helios.sendBinary(bytes.buffer);
  helios.sendBinary(new DataView(bytes.buffer, 1, 1));
  bytes.fill(0);
  assert.deepEqual(
    server.texts.map((data) => (typeof data === 'string' ? data : [...data])),
    ['hello', '{"b":2}', [7, 8], [9, 7, 8, 9], [7]],
  );
});

test('The trace and metadata of a request travel with it', async () => {
  const { server, helios } = await connected({ trace: (method) => ({ traceparent: `00-${method}` }) });
  server.methods['a:echo'] = (_payload, { metadata }) => metadata;
  assert.deepEqual(await helios.request('a:echo', 1, { metadata: { mine: 1 } }), { traceparent: '00-a:echo', mine: 1 });
});

test('The server is pinged after a silence, and one that does not answer is left', async () => {
  const { server, helios, clock } = await connected();
  await clock.advance(15_000);
  assert.equal(JSON.parse(server.last.sent.at(-1)!).type, 'ping');
  await clock.advance(15_000);
  assert.equal(server.sockets.length, 1);
  server.isManual = true;
  await clock.advance(25_000);
  assert.equal(helios.status, 'reconnecting');
});

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
