// docs/protocol.md section 7, rule by rule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { write } from '../src/protocol.js';
import { connected, FakeClock, FakeServer, outcome, settle, world } from './support/world.js';

const topics = (server: FakeServer): unknown[] => server.received.map(({ notification }) => notification?.topic);
const acks = (server: FakeServer): number[] =>
  server.last.sent
    .map((text) => JSON.parse(text))
    .filter(({ type, received }) => type === 'ack' && received !== undefined)
    .map(({ received }) => received);

test('Rule 1: counted is every message but acks, pings and the welcome', async () => {
  const { server, clock } = await connected();
  server.send('plain text');
  server.send('{"mine":1}');
  server.send(new Uint8Array([1]));
  server.notify('a', 1);
  server.send('{"protocol":"helios-starling","version":"9.0.0"}');
  server.sendUncounted(write('ping', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' }));
  server.sendUncounted(write('ack', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', received: 0 }));
  server.sendUncounted('{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"ping","messageId":"no"}');
  await clock.advance(1_000);
  assert.deepEqual(acks(server), [5]);
});

test('Rule 1: what comes on a connection that was given up is not counted', async () => {
  const { server, clock, helios } = await connected();
  const heard: unknown[] = [];
  helios.on('**', (data) => heard.push(data));
  const old = server.last;
  server.notify('a', 1);
  old.cut();
  old.onmessage?.({ data: write('notification', { notification: { topic: 'a', data: 'late' } }) });
  await clock.advance(200);
  assert.equal(server.last.query.get('received'), '1');
  assert.deepEqual(heard, [1]);
});

test('Rule 1: a ping is answered with its messageId, and one without is answered too', async () => {
  const { server } = await connected();
  server.sendUncounted(write('ping', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' }));
  server.sendUncounted(write('ping', {}));
  const [first, second] = server.last.sent.map((text) => JSON.parse(text)).filter(({ type }) => type === 'ack');
  assert.equal(first.messageId, '6f9619ff-8b86-4d01-b42d-00cf4fc964ff');
  assert.match(second.messageId, /^[\da-f-]{36}$/);
});

test('Rule 2: nothing new overtakes what is sent again', async () => {
  const { server, clock, helios } = await connected();
  server.isManual = true;
  helios.notify('a:1');
  helios.notify('a:2');
  server.last.deliverUp();
  server.cut();
  helios.notify('a:3');
  server.isManual = false;
  await clock.advance(200);
  assert.deepEqual(topics(server), ['a:1', 'a:2', 'a:3']);
});

test('Rule 2: what was handed over cannot be withdrawn, what was not, can', async () => {
  const { server, clock, helios } = await connected();
  server.methods['a:slow'] = () => undefined;
  server.cut();
  const unsent = helios.request('a:slow');
  unsent.cancel();
  assert.equal((await outcome(unsent)).error.code, 'REQUEST_CANCELLED');
  await clock.advance(200);
  assert.equal(server.received.length, 0);
  const sent = helios.request('a:slow');
  sent.cancel('no longer needed');
  assert.equal((await outcome(sent)).error.code, 'REQUEST_CANCELLED');
  assert.deepEqual(topics(server), [undefined, 'system:cancel']);
  assert.deepEqual(server.received[1]!.notification!.data, { reason: 'no longer needed' });
});

test('Rule 3: the client sends nothing before the welcome', async () => {
  const server = new FakeServer();
  server.isManual = true;
  const { helios } = world({}, server);
  void helios.connect();
  helios.notify('a:1');
  await settle();
  assert.deepEqual(server.last.sent, []);
  server.link(server.last);
  server.last.pump();
  assert.deepEqual(topics(server), ['a:1']);
});

test('Rule 3: the welcome says which starling it is, and its token is kept', async () => {
  const { server, helios } = await connected();
  assert.equal(helios.starlingId, 'starling-1');
  assert.match(helios.token!, /^starling-1\./);
  server.notify('state:token', { token: 'newer', expiresIn: 1 });
  assert.equal(helios.token, 'newer');
});

test('Rule 3: a first message that is no welcome ends the try', async () => {
  const server = new FakeServer();
  server.instead = (socket) => void socket.down.push(write('notification', { notification: { topic: 'a' } }));
  const { helios } = world({}, server);
  const { error } = await outcome(helios.connect());
  assert.equal(error.code, 'CONNECTION_REJECTED');
});

test('Rule 4: acknowledged is after 32 messages', async () => {
  const { server } = await connected();
  for (let i = 0; i < 31; i++) server.notify('a', i);
  assert.deepEqual(acks(server), []);
  server.notify('a', 31);
  assert.deepEqual(acks(server), [32]);
});

test('Rule 4: acknowledged is after 256 KiB, counted as UTF-8', async () => {
  const { server } = await connected();
  server.notify('a', 'ü'.repeat(120_000));
  assert.deepEqual(acks(server), []);
  server.notify('a', 'ü'.repeat(20_000));
  assert.deepEqual(acks(server), [2]);
});

test('Rule 4: acknowledged is at most 1 s after the first message', async () => {
  const { server, clock } = await connected();
  server.notify('a', 1);
  await clock.advance(600);
  server.notify('a', 2);
  await clock.advance(399);
  assert.deepEqual(acks(server), []);
  await clock.advance(1);
  assert.deepEqual(acks(server), [2]);
});

test('Rule 4: a throttled timer does not delay the acknowledgement behind the next message', async () => {
  class Throttled extends FakeClock {
    override after(milliseconds: number, callback: () => void): () => void {
      return super.after(Math.max(milliseconds, 60_000), callback);
    }
  }
  const { server, clock } = await connected({}, undefined, new Throttled());
  server.notify('a', 1);
  await clock.advance(1_500);
  server.notify('a', 2);
  assert.equal(acks(server).at(-1), 2);
});

test('Rule 4: an ack that is higher than what was sent gets PROTOCOL_VIOLATION and is not applied', async () => {
  const { server, helios, clock } = await connected();
  helios.notify('a:1');
  server.sendUncounted(write('ack', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', received: 5 }));
  const error = server.received.at(-1)!;
  assert.equal(error.type, 'error');
  assert.equal(error.error!.code, 'PROTOCOL_VIOLATION');
  server.sendUncounted(write('ack', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', received: 2 }));
  server.sendUncounted(write('ack', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', received: 1 }));
  server.cut();
  await clock.advance(200);
  assert.deepEqual(topics(server), ['a:1', undefined]);
});

test('Rule 5: coming back says epoch, received, instance and a higher attempt, and the token as a subprotocol', async () => {
  const { server, clock, helios } = await connected();
  const token = helios.token;
  server.notify('a', 1);
  server.cut();
  await clock.advance(200);
  const [first, second] = server.sockets;
  assert.equal(first!.query.get('epoch'), null);
  assert.equal(first!.query.get('attempt'), '1');
  assert.equal(second!.query.get('epoch'), server.starling.epoch);
  assert.equal(second!.query.get('received'), '1');
  assert.equal(second!.query.get('attempt'), '2');
  assert.equal(second!.query.get('instance'), first!.query.get('instance'));
  assert.match(first!.query.get('instance')!, /^[A-Za-z0-9_-]{1,32}$/);
  assert.deepEqual(second!.protocols, ['helios-starling', `helios.recover.${token}`]);
  assert.ok(!second!.url.includes(token!));
});

test('Rule 5: failed tries count too', async () => {
  const { server, clock } = await connected();
  server.isDown = true;
  server.cut();
  await clock.advance(5_000);
  server.isDown = false;
  await clock.advance(60_000);
  assert.equal(server.last.query.get('attempt'), String(server.sockets.length));
});

test('Rule 5: what the server has not counted is sent again, what it has, is not', async () => {
  const { server, clock, helios } = await connected();
  server.isManual = true;
  for (let i = 1; i <= 5; i++) helios.notify(`a:${i}`);
  for (let i = 1; i <= 3; i++) server.last.deliverUp();
  server.cut();
  server.isManual = false;
  await clock.advance(200);
  assert.deepEqual(topics(server), ['a:1', 'a:2', 'a:3', 'a:4', 'a:5']);
});

test('Rule 5: what the server has not counted is unsent again, and can be withdrawn', async () => {
  const { server, clock, helios } = await connected();
  server.isManual = true;
  const request = helios.request('a:echo');
  server.cut();
  server.isManual = false;
  helios.events.on('connected', () => request.cancel());
  await clock.advance(200);
  assert.equal((await outcome(request)).error.code, 'REQUEST_CANCELLED');
  assert.deepEqual(server.received, []);
});

test('Rule 5: a welcome that does not fit what was sent begins a new epoch', async () => {
  const { server, clock, helios, told } = await connected();
  helios.notify('a:1');
  server.starling.received = 7;
  server.cut();
  await clock.advance(1_000);
  const queries = server.sockets.map(({ query }) => query.get('epoch'));
  assert.equal(queries.length, 3);
  assert.equal(queries[2], null);
  assert.equal(server.last.query.get('received'), null);
  assert.deepEqual(told.find(({ name }) => name === 'unconfirmed')?.event.messages.length, 1);
  helios.notify('a:2');
  assert.deepEqual(topics(server), ['a:1', 'a:2']);
});

test('Rule 5: another epoch: the counters restart, what was sent is unconfirmed, what was not goes out', async () => {
  const { server, clock, helios, told } = await connected();
  server.notify('a', 1);
  server.isManual = true;
  helios.notify('b:sent');
  server.restart();
  helios.notify('b:unsent');
  server.isManual = false;
  await clock.advance(200);
  assert.deepEqual(topics(server), ['b:unsent']);
  const { messages } = told.find(({ name }) => name === 'unconfirmed')!.event;
  assert.deepEqual(
    messages.map((text: string) => JSON.parse(text).notification.topic),
    ['b:sent'],
  );
  assert.equal(told.find(({ name }) => name === 'recovered')!.event.continued, false);
  server.notify('a', 2);
  server.cut();
  await clock.advance(1_000);
  assert.equal(server.last.query.get('received'), '1');
});

test('Rule 6: connection:missed counts as many messages as are missing, and is told', async () => {
  const { server, clock, told } = await connected();
  server.sendUncounted(write('notification', { notification: { topic: 'connection:missed', data: { missed: 4 } } }));
  await clock.advance(1_000).catch(() => {});
  assert.deepEqual(acks(server), [4]);
  assert.deepEqual(
    told.filter(({ name }) => name === 'missed').map(({ event }) => event),
    [{ missed: 4 }],
  );
});

test('Rule 6: a client that is full refuses new messages and drops none', async () => {
  const { server, clock, helios } = await connected({ maxQueued: 64 });
  server.cut();
  for (let i = 0; i < 64; i++) helios.notify(`a:${i}`);
  assert.throws(() => helios.notify('a:more'), { name: 'HeliosError', code: 'REQUEST_QUEUE_FULL' });
  assert.equal((await outcome(helios.request('a:more'))).error.code, 'REQUEST_QUEUE_FULL');
  await clock.advance(200);
  assert.equal(server.received.length, 64);
});

test('Rule 7: in the same epoch requests stay open, and answers wait', async () => {
  const { server, clock, helios } = await connected();
  server.methods['a:slow'] = () => undefined;
  const request = helios.request('a:slow');
  server.cut();
  server.answer(server.starling, [...server.starling.open.keys()][0]!, 42);
  await clock.advance(200);
  assert.equal(await request, 42);
  assert.equal(server.received.length, 1);
});

test('Rule 7: in another epoch sent requests fail, with retry they are sent again under a new id', async () => {
  const { server, clock, helios } = await connected();
  server.methods['a:slow'] = () => undefined;
  const plain = outcome(helios.request('a:slow', 1));
  const again = helios.request('a:slow', 2, { retry: true });
  const id = again.id;
  server.restart();
  server.methods['a:slow'] = (payload) => payload;
  const unsent = helios.request('a:slow', 3);
  await clock.advance(200);
  assert.equal((await plain).error.code, 'STATE_RECOVERY_FAILED');
  assert.equal(await again, 2);
  assert.notEqual(again.id, id);
  assert.equal(await unsent, 3);
});

test('Rule 7: a request that was acknowledged and not answered fails in another epoch, too', async () => {
  const { server, clock, helios } = await connected();
  server.methods['a:slow'] = () => undefined;
  const request = outcome(helios.request('a:slow'));
  server.sendUncounted(write('ack', { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', received: 1 }));
  server.restart();
  await clock.advance(200);
  assert.equal((await request).error.code, 'STATE_RECOVERY_FAILED');
});

test('Rule 7: late answers are ignored', async () => {
  const { server, helios, told } = await connected();
  server.methods['a:slow'] = () => undefined;
  const request = helios.request('a:slow');
  request.cancel();
  await outcome(request);
  server.answer(server.starling, request.id, 1);
  server.answer(server.starling, '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 1);
  assert.deepEqual(
    told.filter(({ name }) => name === 'error'),
    [],
  );
  assert.equal(helios.status, 'connected');
});
