import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, envelope, newId } from './wire.mjs'

const cancel = (requestId, data) => envelope('notification', { requestId, notification: { topic: 'system:cancel', data } })

test('progress arrives in order, tied to its request, before the response', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:progress', payload: { steps: 50 } }))
  const seen = []
  for (;;) {
    const message = await wire.next(one => one.requestId === requestId)
    if (message.type === 'response') {
      assert.deepEqual(message.data, { steps: 50 })
      break
    }
    assert.equal(message.type, 'notification')
    assert.equal(message.notification.topic, 'progress')
    seen.push(message.notification.data.step)
  }
  assert.deepEqual(seen, Array.from({ length: 50 }, (_, at) => at + 1))
})

test('two requests in flight each get their own progress', async t => {
  const wire = await connect(t)
  const [first, second] = [newId(), newId()]
  for (const requestId of [first, second]) wire.send(envelope('request', { requestId, method: 'echo:progress', payload: { steps: 3 } }))
  await Promise.all([wire.response(first), wire.response(second)])
  const stepsOf = id => wire.left.filter(one => one.requestId === id).map(one => one.notification.data.step)
  assert.deepEqual(stepsOf(first), [1, 2, 3])
  assert.deepEqual(stepsOf(second), [1, 2, 3])
})

test('a cancelled request is answered REQUEST_CANCELLED with the reason', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:slow', payload: { ms: 60_000 } }))
  wire.send(cancel(requestId, { reason: 'no longer needed' }))
  const response = await wire.response(requestId)
  assert.equal(response.success, false)
  assert.equal(response.error.code, 'REQUEST_CANCELLED')
  assert.equal(response.error.details.reason, 'no longer needed')
})

test('cancelling without a reason works too', async t => {
  const wire = await connect(t)
  const requestId = newId()
  wire.send(envelope('request', { requestId, method: 'echo:slow', payload: { ms: 60_000 } }))
  wire.send(cancel(requestId))
  assert.equal((await wire.response(requestId)).error.code, 'REQUEST_CANCELLED')
})

test('cancelling a finished or unknown request gets nothing', async t => {
  const wire = await connect(t)
  const requestId = newId()
  await wire.ask('echo:echo', 1, requestId)
  wire.send(cancel(requestId))
  wire.send(cancel(newId()))
  await wire.answers()
  assert.equal(wire.left.length, 0)
})

test('cancelling one request leaves the others alone', async t => {
  const wire = await connect(t)
  const [one, other] = [newId(), newId()]
  wire.send(envelope('request', { requestId: one, method: 'echo:slow', payload: { ms: 60_000 } }))
  wire.send(envelope('request', { requestId: other, method: 'echo:slow', payload: { ms: 100 } }))
  wire.send(cancel(one))
  assert.equal((await wire.response(one)).success, false)
  assert.deepEqual((await wire.response(other)).data, { ms: 100 })
})
