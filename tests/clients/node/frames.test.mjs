import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { connect, envelope, newId } from './wire.mjs'

const limit = 1024 * 1024

test('text comes back as it is', async t => {
  const wire = await connect(t)
  for (const text of ['hello', '😀 ñ \u2028', '{"not":"json"', 'x'.repeat(100_000)]) {
    wire.sendText(text)
    assert.equal(await wire.next(frame => frame === text, 'the same text'), text)
  }
})

test('plain JSON comes back as it is', async t => {
  const wire = await connect(t)
  const id = newId()
  wire.sendText(`  { "id" : "${id}",  "list":[1,2.50,null] }`)
  assert.deepEqual(await wire.next(frame => frame.id === id), { id, list: [1, 2.5, null] })
})

test('another protocol\'s JSON is plain JSON and no violation', async t => {
  const wire = await connect(t)
  const message = { ...envelope('request'), protocol: 'another', id: newId() }
  wire.send(message)
  assert.deepEqual(await wire.next(frame => frame.id === message.id), message)
})

test('binary comes back byte for byte', async t => {
  const wire = await connect(t)
  for (const size of [0, 1, 125, 126, 65_535, 65_536, limit]) {
    const bytes = randomBytes(size)
    wire.sendBinary(bytes)
    const back = await wire.next(frame => Buffer.isBuffer(frame), `${size} bytes`)
    assert.ok(bytes.equals(back), `${size} bytes`)
  }
})

test('a message over the limit whose id can be read is answered REQUEST_PAYLOAD_TOO_LARGE', async t => {
  const wire = await connect(t)
  const requestId = newId()
  const text = JSON.stringify(envelope('request', { requestId, method: 'echo:echo', payload: 'x'.repeat(5 * limit) }))
  wire.sendText(text)
  const response = await wire.response(requestId)
  assert.equal(response.success, false)
  assert.equal(response.error.code, 'REQUEST_PAYLOAD_TOO_LARGE')
  assert.deepEqual(response.error.details, { size: text.length, limit })
  await wire.answers()
})

test('a message over the limit whose id cannot be read gets an error message', async t => {
  const wire = await connect(t)
  wire.sendText(JSON.stringify({ padding: 'x'.repeat(2 * limit), ...envelope('request', { requestId: newId(), method: 'echo:echo' }) }))
  assert.equal((await wire.error('REQUEST_PAYLOAD_TOO_LARGE')).error.details.limit, limit)
  await wire.answers()
})

test('requests in flight outlive a message over the limit', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:slow', payload: { ms: 300 } }))
  wire.sendBinary(Buffer.alloc(2 * limit))
  await wire.error('REQUEST_PAYLOAD_TOO_LARGE')
  assert.deepEqual((await wire.response(requestId)).data, { ms: 300 })
})

test('a message over sixteen times the limit closes with 1009', async t => {
  const wire = await connect(t)
  wire.sendBinary(Buffer.alloc(16 * limit + 1))
  assert.equal((await wire.closed).code, 1009)
})

test('a close is answered with the same code', async t => {
  const wire = await connect(t)
  assert.equal((await wire.close()).code, 1000)
})

test('an answer larger than the client says that it takes is REQUEST_PAYLOAD_TOO_LARGE', async t => {
  const wire = await connect(t, undefined, '?limit=65536')
  const response = await wire.ask('echo:echo', 'x'.repeat(65_536))
  assert.equal(response.success, false)
  assert.equal(response.error.code, 'REQUEST_PAYLOAD_TOO_LARGE')
  assert.equal(response.error.details.limit, 65_536)
  assert.ok(response.error.details.size > 65_536)
  await wire.answers()
})
