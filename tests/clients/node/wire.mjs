// A minimal client for the tests: it sends exact texts and waits for messages.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import WebSocket from 'ws'

const url = process.env.HELIOS_URL ?? 'ws://localhost:5090/helios'
const patience = 15_000

export const newId = () => randomUUID()

/** The fields that every message has, with any of them replaced or, by `undefined`, left out. */
export const envelope = (type, fields = {}) =>
  ({ protocol: 'helios-starling', version: '1.0.0', timestamp: Date.now(), type, ...fields })

export class Wire {
  #socket
  #arrived = []
  #waiting = []
  #closed

  constructor(socket) {
    this.#socket = socket
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data, isBinary) => this.#arrive(isBinary ? data : read(data.toString('utf8'))))
    this.#closed = new Promise(resolve => socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() })
      for (const one of this.#waiting) {
        clearTimeout(one.timer)
        one.fail(new Error(`closed with ${code} while waiting for ${one.what}`))
      }
    }))
  }

  static async open(protocols = ['helios-starling'], query = '') {
    const socket = new WebSocket(url + query, protocols)
    const wire = new Wire(socket)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return wire
  }

  get subprotocol() { return this.#socket.protocol }

  send(message) { this.sendText(JSON.stringify(message)) }

  sendText(text) { this.#socket.send(text) }

  sendBinary(bytes) { this.#socket.send(bytes, { binary: true }) }

  /** Sends one message as several frames. */
  sendFragments(text, size) {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += size)
      this.#socket.send(bytes.subarray(at, at + size), { binary: false, fin: at + size >= bytes.length })
  }

  /** The first frame, come or to come, that `matches`; it is taken out. */
  next(matches, what = matches.toString()) {
    const at = this.#arrived.findIndex(matches)
    if (at >= 0) return Promise.resolve(this.#arrived.splice(at, 1)[0])
    return new Promise((resolve, reject) => {
      const waiting = { matches, what, resolve, fail: reject }
      waiting.timer = setTimeout(() => reject(new Error(`nothing in ${patience} ms: ${what}; ${this.#arrived.length} others came`)), patience)
      this.#waiting.push(waiting)
    })
  }

  /** What came and was taken by nobody. */
  get left() { return this.#arrived }

  response(requestId) {
    return this.next(message => message.type === 'response' && message.requestId === requestId, `response to ${requestId}`)
  }

  error(code) { return this.next(message => message.type === 'error' && message.error.code === code, `error ${code}`) }

  notification(topic) {
    return this.next(message => message.type === 'notification' && message.notification.topic === topic, `notification ${topic}`)
  }

  /** Sends a request and waits for its response. */
  async ask(method, payload, requestId = newId()) {
    this.send(envelope('request', { requestId, method, payload }))
    return await this.response(requestId)
  }

  /** Proves that the connection still answers. */
  async answers() {
    const proof = newId()
    const response = await this.ask('echo:echo', { proof })
    assert.deepEqual(response.data, { proof })
  }

  get closed() { return this.#closed }

  async close() {
    this.#socket.close(1000)
    return await this.#closed
  }

  /** Closes without a code, as a page does that goes away. */
  async leave() {
    this.#socket.close()
    return await this.#closed
  }

  /** Loses the connection, as a bad network does. */
  cut() { this.#socket.terminate() }

  #arrive(frame) {
    if (frame?.protocol === 'helios-starling') assertWellFormed(frame)
    const at = this.#waiting.findIndex(one => one.matches(frame))
    if (at < 0) return this.#arrived.push(frame)
    const [one] = this.#waiting.splice(at, 1)
    clearTimeout(one.timer)
    one.resolve(frame)
  }
}

function read(text) {
  try { return JSON.parse(text) } catch { return text }
}

/** What section 2 and 3 of the protocol page demand of every message that the server sends. */
function assertWellFormed(message) {
  assert.equal(message.version, '1.0.0')
  assert.ok(Number.isInteger(message.timestamp) && message.timestamp > 1_600_000_000_000, `timestamp ${message.timestamp}`)
  assert.ok(['request', 'response', 'notification', 'error', 'ack', 'ping'].includes(message.type), `type ${message.type}`)
  assert.ok(!Object.values(message).includes(undefined))
  if (message.type !== 'response') return
  assert.equal('error' in message, !message.success)
  if (message.success) return
  assert.match(message.error.code, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/)
  assert.notEqual(message.error.details, null)
}

/** Opens a connection for one test and closes it behind it. */
export async function connect(t, protocols, query) {
  const wire = await Wire.open(protocols, query)
  t.after(() => wire.close())
  return wire
}
