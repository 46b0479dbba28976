import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, envelope, newId } from './wire.mjs'

/** Every one of the fields is named, each in a violation of its own. */
function assertNames(violations, fields) {
  assert.ok(Array.isArray(violations) && violations.every(one => typeof one === 'string'), JSON.stringify(violations))
  for (const field of fields)
    assert.ok(violations.some(one => one.includes(field)), `${field} is not named in ${JSON.stringify(violations)}`)
  assert.ok(violations.length >= fields.length, `${violations.length} violations for ${fields.length} faults`)
}

test('an invalid request is answered under its id, naming every fault', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:echo', version: 'one', timestamp: -1, metadata: [], peer: 7 }))
  const response = await wire.response(requestId)
  assert.equal(response.success, false)
  assert.equal(response.error.code, 'PROTOCOL_INVALID_MESSAGE')
  assertNames(response.error.details.violations, ['version', 'timestamp', 'metadata', 'peer'])
  await wire.answers()
})

test('a request without a method is answered under its id', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId }))
  const response = await wire.response(requestId)
  assert.equal(response.error.code, 'PROTOCOL_INVALID_MESSAGE')
  assertNames(response.error.details.violations, ['method'])
  await wire.answers()
})

test('a bad method name is answered METHOD_INVALID_NAME', async t => {
  const wire = await connect(t)
  for (const method of ['echo', 'echo:', ':echo', '1echo:a', 'echo:a-b', 'echo::a', 'echo:*', `echo:${'a'.repeat(124)}`, '']) {
    const response = await wire.ask(method, 1)
    assert.equal(response.error.code, 'METHOD_INVALID_NAME', method)
  }
  await wire.answers()
})

test('a request without a readable id gets a violation', async t => {
  const wire = await connect(t)
  for (const requestId of [undefined, null, 7, 'abc', `{${newId()}}`, newId().replaceAll('-', '')]) {
    wire.send(envelope('request', { requestId, method: 'echo:echo' }))
    const { error } = await wire.error('PROTOCOL_VIOLATION')
    assert.equal(error.severity, 'protocol')
    assertNames(error.details.violations, ['requestId'])
  }
  await wire.answers()
})

/** A test of its own: the message gets a violation that names what is wrong with it, and nothing else. */
const broken = (name, fields, named) => test(name, async t => {
  const wire = await connect(t)
  wire.send(envelope(fields.type, fields))
  const { error } = await wire.error('PROTOCOL_VIOLATION')
  assert.equal(error.severity, 'protocol')
  assertNames(error.details.violations, named)
  await wire.answers()
  assert.equal(wire.left.length, 0)
})

broken('a message of no type is a violation', { type: undefined }, ['type'])
broken('a message of an unknown type is a violation', { type: 'shout' }, ['type'])
broken('a message of many faults is a violation that names all',
  { type: 'ping', version: 1, timestamp: 1.5, metadata: 'm', messageId: 'x' }, ['version', 'timestamp', 'metadata', 'messageId'])
broken('a notification without its notification is a violation', { type: 'notification' }, ['notification'])
broken('a notification on a topic with a wildcard is a violation', { type: 'notification', notification: { topic: 'chat:*' } }, ['topic'])
broken('a response without success is a violation', { type: 'response', requestId: newId() }, ['success'])
broken('a failed response without its error is a violation', { type: 'response', requestId: newId(), success: false }, ['error'])
broken('an ack without a message id is a violation', { type: 'ack' }, ['messageId'])

test('another major version is answered PROTOCOL_VERSION_MISMATCH', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:echo', version: '2.0.0' }))
  const response = await wire.response(requestId)
  assert.equal(response.error.code, 'PROTOCOL_VERSION_MISMATCH')
  assert.deepEqual(response.error.details.supported, ['1.x'])
  assert.equal(response.error.details.received, '2.0.0')
  await wire.answers()
})

test('JSON of 64 levels is read, of 65 a violation', async t => {
  const wire = await connect(t)
  const nested = depth => '['.repeat(depth) + ']'.repeat(depth)
  const request = (requestId, payload) => JSON.stringify(envelope('request', { requestId, method: 'echo:echo' })).replace(/}$/, `,"payload":${payload}}`)
  const fits = newId()
  wire.sendText(request(fits, nested(63)))
  assert.equal((await wire.response(fits)).success, true)
  wire.sendText(request(newId(), nested(64)))
  await wire.next(message => (message.error?.code ?? '').startsWith('PROTOCOL_'), 'a violation')
  await wire.answers()
})

test('an error message is never answered, even an invalid one', async t => {
  const wire = await connect(t)
  wire.send(envelope('error', { error: { severity: 'application', code: 'A_B', message: 'm' } }))
  wire.send(envelope('error', { error: { severity: 'loud', code: 'a b' } }))
  wire.send(envelope('error'))
  await wire.answers()
  assert.equal(wire.left.length, 0)
})

test('a message for another client is refused', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:echo', peer: true }))
  assert.equal((await wire.response(requestId)).error.code, 'PROXY_FORBIDDEN')
  wire.send(envelope('notification', { notification: { topic: 'news' }, peer: { to: 'x' } }))
  await wire.error('PROXY_FORBIDDEN')
  await wire.answers()
})

test('peer false or null is an ordinary message', async t => {
  const wire = await connect(t)
  for (const peer of [false, null]) {
    const requestId = newId()
    wire.send(envelope('request', { requestId, method: 'echo:echo', payload: 1, peer }))
    assert.equal((await wire.response(requestId)).data, 1)
  }
})
