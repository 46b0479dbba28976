// Requests, streams, topics and other frames.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeliosError } from '../src/index.js';
import { write } from '../src/protocol.js';
import { connected, FakeServer, outcome, settle, world } from './support/world.js';

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
