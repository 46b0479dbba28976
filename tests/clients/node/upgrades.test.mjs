import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'

const address = new URL((process.env.HELIOS_URL ?? 'ws://localhost:5090/helios').replace('ws', 'http'))

const upgrade = {
  Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** Asks by hand; an upgrade that is granted counts as status 101. */
const ask = headers => new Promise((resolve, reject) => {
  const request = http.get(address, { headers }, response => {
    let body = ''
    response.setEncoding('utf8').on('data', part => body += part).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
  })
  request.on('upgrade', (response, socket) => {
    socket.destroy()
    resolve({ status: response.statusCode, headers: response.headers })
  })
  request.on('error', reject)
})

function assertRefusal({ status, headers, body }, expected) {
  assert.equal(status, expected)
  assert.match(headers['content-type'], /^application\/json/)
  const { error } = JSON.parse(body)
  assert.match(error.code, /^[A-Z]+(_[A-Z]+)+$/)
  assert.ok(error.message.length > 0)
}

test('a handshake is accepted with the key that the RFC gives as its example', async () => {
  const { status, headers } = await ask(upgrade)
  assert.equal(status, 101)
  assert.equal(headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})

test('a plain GET is refused with 400 and a reason as JSON', async () => assertRefusal(await ask({}), 400))

test('a limit that is no number of at least 65536 is refused with 400', async () => {
  for (const limit of ['65535', '', 'x', '1e6']) {
    const url = new URL(address)
    url.search = `limit=${limit}`
    const reply = await fetch(url)
    assert.equal(reply.status, 400)
    assert.match((await reply.json()).error.message, /limit/)
  }
})

test('another version of WebSocket is refused with 426 and the right one', async () => {
  const response = await ask({ ...upgrade, 'Sec-WebSocket-Version': '8' })
  assertRefusal(response, 426)
  assert.equal(response.headers['sec-websocket-version'], '13')
})

test('a page of another origin is refused with 403, and a plain GET of it too', async () => {
  assertRefusal(await ask({ ...upgrade, Origin: 'https://elsewhere.example' }), 403)
  assertRefusal(await ask({ Origin: 'https://elsewhere.example' }), 403)
})

test('a page of the same origin is let in', async () => {
  assert.equal((await ask({ ...upgrade, Origin: address.origin })).status, 101)
})
