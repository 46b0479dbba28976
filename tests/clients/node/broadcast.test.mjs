import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, newId } from './wire.mjs'

// other test files share the server, so that topics and groups are made unique
const unique = prefix => `${prefix}:t${newId().replaceAll('-', '')}`

test('a broadcast reaches every connection, the sender too, with the same data', async t => {
  const wires = [await connect(t), await connect(t), await connect(t)]
  const topic = unique('news')
  const data = { text: 'hello 😀', list: [1, null] }
  const { data: { delivered } } = await wires[0].ask('echo:broadcast', { topic, data })
  assert.ok(delivered >= wires.length, `delivered ${delivered}`)
  for (const wire of wires) {
    const message = await wire.notification(topic)
    assert.deepEqual(message.notification.data, data)
    assert.ok(!('requestId' in message))
  }
})

test('a group\'s broadcast reaches its members and nobody else', async t => {
  const [inside, alsoInside, outside] = [await connect(t), await connect(t), await connect(t)]
  const [group, topic] = [unique('room'), unique('news')]
  await inside.ask('echo:join', { group })
  await alsoInside.ask('echo:join', { group })
  const { data } = await outside.ask('echo:group', { group, topic, data: 7 })
  assert.deepEqual(data, { delivered: 2 })
  for (const wire of [inside, alsoInside]) assert.equal((await wire.notification(topic)).notification.data, 7)
  await outside.answers()
  assert.equal(outside.left.length, 0)
})

test('joining twice delivers once', async t => {
  const wire = await connect(t)
  const [group, topic] = [unique('room'), unique('news')]
  await wire.ask('echo:join', { group })
  await wire.ask('echo:join', { group })
  assert.deepEqual((await wire.ask('echo:group', { group, topic, data: 1 })).data, { delivered: 1 })
  await wire.notification(topic)
  await wire.answers()
  assert.equal(wire.left.length, 0)
})

test('a connection that left counts no longer', async t => {
  const [staying, leaving] = [await connect(t), await connect(t)]
  const [group, topic] = [unique('room'), unique('news')]
  await staying.ask('echo:join', { group })
  await leaving.ask('echo:join', { group })
  assert.equal((await leaving.close()).code, 1000)
  await staying.ask('echo:group', { group, topic, data: 1 })
  assert.equal((await staying.notification(topic)).notification.data, 1)
  await staying.answers()
})

test('a group without members is delivered to nobody', async t => {
  const wire = await connect(t)
  assert.deepEqual((await wire.ask('echo:group', { group: unique('room'), topic: unique('news'), data: 1 })).data, { delivered: 0 })
})
