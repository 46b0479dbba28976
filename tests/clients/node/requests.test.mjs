import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, envelope, newId } from './wire.mjs'

test('the offered subprotocol is selected', async t => {
  const wire = await connect(t)
  assert.equal(wire.subprotocol, 'helios-starling')
})

test('a client that offers no subprotocol gets none', async t => {
  const wire = await connect(t, [])
  assert.equal(wire.subprotocol, '')
  await wire.answers()
})

test('any JSON comes back as it is', async t => {
  const wire = await connect(t)
  const payloads = [
    { text: 'hello', nested: { list: [1, 2.5, -3e10, true, false, null] } },
    'a text with "quotes", \\ and \u0001', 42, 0.1, true, false, [], {}, ['😀', '\u2028', 'ñ'],
  ]
  for (const payload of payloads) assert.deepEqual((await wire.ask('echo:echo', payload)).data, payload)
})

test('a payload of almost a mebibyte comes back', async t => {
  const wire = await connect(t)
  const payload = '😀'.repeat(260_000)
  assert.equal((await wire.ask('echo:echo', payload)).data, payload)
})

test('the request id is echoed in the caller\'s own spelling', async t => {
  const wire = await connect(t)
  const requestId = '6F9619FF-8b86-D011-B42D-00cf4fc964ff'
  assert.equal((await wire.ask('echo:echo', 1, requestId)).requestId, requestId)
})

test('unknown fields, free order and white space are accepted', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.sendText(`\n{ "method" : "echo:echo", "future": {"a":[1]},\t"payload":{"x":1}, "requestId":"${requestId}",
    "type":"request","timestamp":0,"version":"1.99.3","protocol":"helios-starling" }\n`)
  assert.deepEqual((await wire.response(requestId)).data, { x: 1 })
})

test('of duplicate keys the last one counts', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.sendText(`{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"request","requestId":"${requestId}",` +
    '"method":"echo:nowhere","payload":1,"payload":2,"method":"echo:echo"}')
  assert.equal((await wire.response(requestId)).data, 2)
})

test('a message of one byte per frame is put together', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.sendFragments(JSON.stringify(envelope('request', { requestId, method: 'echo:echo', payload: '😀 in pieces' })), 1)
  assert.equal((await wire.response(requestId)).data, '😀 in pieces')
})

test('an unknown method is answered METHOD_NOT_FOUND with its name', async t => {
  const wire = await connect(t)
  const response = await wire.ask('echo:nowhere')
  assert.equal(response.success, false)
  assert.equal(response.error.code, 'METHOD_NOT_FOUND')
  assert.deepEqual(response.error.details, { method: 'echo:nowhere' })
})

test('a handler\'s own error arrives with code, message and details', async t => {
  const wire = await connect(t)
  const error = { code: 'SHOP_SOLD_OUT', message: 'Nothing left', details: { left: 0 } }
  const response = await wire.ask('echo:fail', error)
  assert.equal(response.success, false)
  assert.deepEqual(response.error, error)
})

test('an error without details has no details', async t => {
  const wire = await connect(t)
  const response = await wire.ask('echo:fail', { code: 'SHOP_CLOSED', message: 'Come back' })
  assert.deepEqual(response.error, { code: 'SHOP_CLOSED', message: 'Come back' })
})

test('a payload of the wrong type is answered VALIDATION_ERROR', async t => {
  const wire = await connect(t)
  const response = await wire.ask('echo:slow', { ms: 'soon' })
  assert.equal(response.error.code, 'VALIDATION_ERROR')
  assert.equal(typeof response.error.details.errors[0].path, 'string')
  assert.equal(typeof response.error.details.errors[0].message, 'string')
  await wire.answers()
})

test('200 requests in flight are answered out of order and matched', async t => {
  const wire = await connect(t)
  const order = []
  await Promise.all(Array.from({ length: 200 }, async (_, at) => {
    const ms = at < 100 ? 300 : 0
    assert.deepEqual((await wire.ask('echo:slow', { ms })).data, { ms })
    order.push(at)
  }))
  assert.equal(order.length, 200)
  assert.ok(order.indexOf(199) < order.indexOf(0), 'a quick request overtakes a slow one')
})

test('a request id already in flight gets an error message, and the first answer stands', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:slow', payload: { ms: 200 } }))
  wire.send(envelope('request', { requestId, method: 'echo:echo', payload: 'second' }))
  assert.deepEqual((await wire.error('REQUEST_DUPLICATE')).error.details, { requestId })
  assert.deepEqual((await wire.response(requestId)).data, { ms: 200 })
  await wire.answers()
  assert.equal(wire.left.length, 0)
})

test('system:ping tells the time and the uptime in seconds', async t => {
  const wire = await connect(t)
  const { data } = await wire.ask('system:ping')
  assert.ok(Math.abs(data.timestamp - Date.now()) < 60_000)
  assert.ok(data.uptime >= 0 && data.uptime < 86_400)
})

test('system:capabilities tells protocol, features and limits', async t => {
  const wire = await connect(t)
  const { data } = await wire.ask('system:capabilities')
  assert.equal(data.protocol.name, 'helios-starling')
  assert.equal(data.protocol.version, '1.0.0')
  assert.equal(data.features.notifications, true)
  assert.equal(data.features.binaryMessages, true)
  assert.equal(data.limits.maxMessageSize, 1024 * 1024)
  assert.equal(data.limits.maxRequests, 256)
  assert.equal(data.limits.maxRequestBytes, 8 * 1024 * 1024)
})

test('system:methods names every method of the sample', async t => {
  const wire = await connect(t)
  const text = JSON.stringify((await wire.ask('system:methods')).data)
  for (const name of ['echo', 'slow', 'progress', 'fail', 'broadcast', 'call', 'join', 'group']) assert.ok(text.includes(`"echo:${name}"`), name)
})
