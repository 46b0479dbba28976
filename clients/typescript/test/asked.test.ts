// What the server asks, and messages that break rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeliosError } from '../src/index.js';
import { write } from '../src/protocol.js';
import { connected, FakeServer, outcome, settle } from './support/world.js';

const responses = (server: FakeServer): any[] => server.received.filter(({ type }) => type === 'response');

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
