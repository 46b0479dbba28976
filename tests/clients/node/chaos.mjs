// Node.js clients on a bad network, which count messages with the browser code of the chat sample:
// node chaos.mjs URL CLIENTS. Each client sends numbers and checks those that it receives. The line `stop` on the input
// ends the sending; each later line asks for a report, and the end of the input ends the program.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import WebSocket from 'ws'

// A browser's WebSocket does not throw errors without listeners.
globalThis.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given).on('error', () => {}) }
}

const module = source => `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
const read = name => readFileSync(new URL(`../../../samples/Chat/wwwroot/${name}`, import.meta.url), 'utf8')
const { Connection, envelope } = await import(module(read('connection.js').replace('./resume.js', module(read('resume.js')))))

const [url, count] = [process.argv[2], Number(process.argv[3])]
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
let isStopped = false

class Client {
  sent = 0
  received = 0
  faults = []
  #connection

  async open() {
    while (!this.#connection) {
      const connection = new Connection(url, {
        onState: (state, info) => {
          if (info?.id) this.id = info.id
          if (state === 'closed' && this.#connection) this.faults.push(`closed with ${info?.code}`)
        },
        onText: message => this.#take(message),
        onBinary: () => this.faults.push('a binary message'),
        onToken: () => {},
        onForgotten: () => { if (this.#connection) this.faults.push('a new epoch') },
      })
      // The first handshake is not retried by the client itself.
      try {
        await connection.open()
        this.#connection = connection
      } catch { await pause(20) }
    }
  }

  async talk() {
    while (!isStopped) {
      // A full client refuses messages and loses nothing.
      try {
        this.#connection.send(envelope({ type: 'notification', notification: { topic: 'up:tell', data: this.sent + 1 } }))
        this.sent++
      } catch (error) { if (error.code !== 'REQUEST_QUEUE_FULL') this.faults.push(error.message) }
      await pause(1 + Math.random() * 30)
    }
  }

  #take(message) {
    if (message?.type !== 'notification') return this.faults.push(JSON.stringify(message))
    const { topic, data } = message.notification
    if (topic === 'state:token') return this.#connection?.keepToken(data.token)
    if (topic !== 'down:tell') return this.faults.push(JSON.stringify(message))
    if (data !== this.received + 1) this.faults.push(`${data} came after ${this.received}`)
    this.received = data
  }
}

const clients = Array.from({ length: count }, () => new Client())
await Promise.all(clients.map(client => client.open()))
clients.forEach(client => client.talk())
const report = () => console.log(JSON.stringify(clients.map(({ id, sent, received, faults }) => ({ id, sent, received, faults }))))
report()

createInterface({ input: process.stdin }).on('line', () => { isStopped = true; report() }).on('close', () => process.exit(0))
