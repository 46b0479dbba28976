// Attempts and instances of clients that reconnect, and goodbyes: section 7 of the wire contract.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, envelope, newId, Wire } from './wire.mjs'

const protocol = 'helios-starling'

/** Opens a connection that counts messages; the welcome is its first frame. */
async function open(t, query, token) {
  const wire = await connect(t, token ? [protocol, `helios.recover.${token}`] : [protocol], `?resume=1${query}`)
  const welcome = await wire.next(() => true)
  return { wire, topic: welcome.notification.topic, ...welcome.notification.data }
}

/** Tries to come back to a starling, and gives the code with which the server closes instead of a welcome. */
async function refused(query, token) {
  const wire = await Wire.open([protocol, `helios.recover.${token}`], `?resume=1${query}`)
  const { code } = await wire.closed
  assert.equal(wire.left.length, 0)
  return code
}

test('the same instance goes on with a higher attempt, and a lower one is late', async t => {
  const first = await open(t, '&instance=a&attempt=5')
  first.wire.cut()

  const second = await open(t, `&instance=a&attempt=6&epoch=${first.epoch}&received=0`, first.token)

  assert.deepEqual([second.topic, second.starlingId, second.epoch], ['connection:recovered', first.starlingId, first.epoch])
  assert.equal(await refused('&instance=a&attempt=5', first.token), 4000)
  await second.wire.answers()
})

test('another instance takes over once it has answered a ping, whatever its attempt is', async t => {
  const first = await open(t, '&instance=a&attempt=1000')

  const second = await open(t, '&instance=b&attempt=1', first.token)

  assert.equal(second.starlingId, first.starlingId)
  assert.equal((await first.wire.closed).code, 4000)
  assert.equal(await refused('&instance=a&attempt=1001', first.token), 4000)
})

test('a ping is answered with what was counted', async t => {
  const { wire } = await open(t, '')
  wire.sendText('one')
  wire.sendText('two')
  const messageId = newId()
  wire.send(envelope('ping', { messageId }))
  const ack = await wire.next(message => message.messageId === messageId)
  assert.equal(ack.received, 2)
})

test('a close with 1000 is a goodbye: the token gets 4002 in place of the welcome', async t => {
  const { wire, token } = await open(t, '')
  assert.equal((await wire.close()).code, 1000)
  assert.equal(await refused('', token), 4002)
})

test('a close without a code is none: the starling is held', async t => {
  const first = await open(t, '&instance=a&attempt=1')
  await first.wire.leave()
  const second = await open(t, '&instance=a&attempt=2', first.token)
  assert.equal(second.starlingId, first.starlingId)
})
