import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, envelope, newId } from './wire.mjs'

const asked = wire => wire.next(message => message.type === 'request', 'a request of the server')

test('the server calls a method of the client and passes its answer on', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:call', payload: { method: 'ui:ask', payload: { question: 'sure?' } } }))
  const call = await asked(wire)
  assert.equal(call.method, 'ui:ask')
  assert.deepEqual(call.payload, { question: 'sure?' })
  assert.match(call.requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  wire.send(envelope('response', { requestId: call.requestId, success: true, data: { sure: true } }))
  assert.deepEqual((await wire.response(requestId)).data, { sure: true })
})

test('a failure of the client\'s method comes back with its code, message and details', async t => {
  const wire = await connect(t)
  const requestId = newId()
  const error = { code: 'UI_CLOSED', message: 'The window is closed', details: { window: 3 } }
  wire.send(envelope('request', { requestId, method: 'echo:call', payload: { method: 'ui:ask' } }))
  const call = await asked(wire)
  wire.send(envelope('response', { requestId: call.requestId, success: false, error }))
  const response = await wire.response(requestId)
  assert.equal(response.success, false)
  assert.deepEqual(response.error, error)
})

test('calls in both directions run at the same time on one connection', async t => {
  const wire = await connect(t)
  const ids = Array.from({ length: 20 }, newId)
  ids.forEach((requestId, at) =>
    wire.send(envelope('request', { requestId, method: 'echo:call', payload: { method: 'ui:ask', payload: at } })))
  const calls = []
  while (calls.length < ids.length) calls.push(await asked(wire))
  await wire.answers()
  for (const call of calls.reverse())
    wire.send(envelope('response', { requestId: call.requestId, success: true, data: call.payload * 2 }))
  const answers = await Promise.all(ids.map(id => wire.response(id)))
  assert.deepEqual(answers.map(one => one.data), ids.map((_, at) => at * 2))
})

test('a response to a request that nobody made is ignored', async t => {
  const wire = await connect(t)
  wire.send(envelope('response', { requestId: newId(), success: true, data: 'unasked' }))
  wire.send(envelope('response', { requestId: newId(), success: false, error: { code: 'A_B', message: 'unasked' } }))
  await wire.answers()
  assert.equal(wire.left.length, 0)
})

test('a second response to a call of the server is ignored', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:call', payload: { method: 'ui:ask' } }))
  const call = await asked(wire)
  for (const data of ['first', 'second']) wire.send(envelope('response', { requestId: call.requestId, success: true, data }))
  assert.equal((await wire.response(requestId)).data, 'first')
  await wire.answers()
  assert.equal(wire.left.length, 0)
})

test('a ping is acknowledged with its own message id', async t => {
  const wire = await connect(t)
  const messageId = newId()
  wire.send(envelope('ping', { messageId }))
  assert.equal((await wire.next(message => message.type === 'ack')).messageId, messageId)
})

test('a ping of the client between requests disturbs none', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:slow', payload: { ms: 50 } }))
  wire.send(envelope('ping', { messageId: newId() }))
  await wire.next(message => message.type === 'ack')
  assert.equal((await wire.response(requestId)).success, true)
})
