// One socket after another to the same starling: comes back by itself, goes on where it was cut.
import { Resume } from './resume.js';

const PROTOCOL = 'helios-starling';
const FIRST_DELAY = 100;
const LONGEST_DELAY = 30_000;
const ACK_WITHIN = 1_000;
const PATIENCE = 10_000;
const FINAL = [4000, 4002]; // taken over by another page, or closed for good by the server

export class Connection {
  #resume = new Resume();
  #socket;
  #state = 'closed';
  #token;
  #instance = uuid().replaceAll('-', '');
  #attempt = 0;
  #tries = 0;
  #retry;
  #ack;
  #watch;
  #opening;

  /**
   * Handlers: onState(state, info), onText(message, text), onBinary(data), onToken(token), and
   * onForgotten(unsent): the server has begun a new epoch. It is unknown which sent frames have arrived; these frames were not sent.
   */
  constructor(url, handlers) {
    this.url = url;
    Object.assign(this, handlers);
    globalThis.addEventListener?.('online', () => this.#hurry());
  }

  /** 'closed', 'connecting', 'open' or 'reconnecting'. */
  get state() { return this.#state; }

  /** Opens the first socket; with a token as the starling that it is of. */
  open(token) {
    this.#token = token;
    this.#enter('connecting');
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#dial();
    });
  }

  /** Queues a frame, which leaves at once, or when there is a connection again. Returns it, to be withdrawn perhaps. */
  send(data, about) {
    const frame = { data, about };
    if (this.#state === 'closed') throw problem('CONNECTION_CLOSED', 'There is no connection.');
    if (!this.#resume.add(frame)) throw problem('REQUEST_QUEUE_FULL', 'Too much waits to be sent.');
    this.#flush();
    return frame;
  }

  withdraw(frame) { return this.#resume.withdraw(frame); }

  /** Ends it. The server keeps the starling for a while: a close without a code is no goodbye. */
  close() { this.#end({ code: 1000, reason: '' }); }

  /** Loses the socket, as a bad network does. */
  drop() { this.#lose({ code: 1006, reason: 'dropped' }); }

  /** A newer token: the one that came last counts. */
  keepToken(token) {
    this.#token = token;
    this.onToken(token);
  }

  #dial() {
    clearTimeout(this.#retry);
    const query = new URLSearchParams({ resume: 1, instance: this.#instance, attempt: ++this.#attempt, ...this.#resume.claim });
    // As a subprotocol the token stands in no access log.
    const socket = new WebSocket(`${this.url}?${query}`, this.#token ? [PROTOCOL, `helios.recover.${this.#token}`] : [PROTOCOL]);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    let welcomed = false;
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return; // given up: what still comes is not counted
      if (welcomed) this.#receive(data);
      else welcomed = this.#welcome(data);
    };
    socket.onclose = ({ code, reason }) => { if (socket === this.#socket) this.#lose({ code, reason }); };
    this.#expect(PATIENCE);
  }

  // The first frame of a connection, which does not count. Nothing is sent before it.
  #welcome(text) {
    const { notification: { topic, data } } = JSON.parse(text);
    const result = this.#resume.welcome(data);
    if (!result) {
      this.#resume.forget();
      this.drop();
      return false;
    }
    this.#tries = 0;
    this.keepAlive = data.keepAlive;
    this.keepToken(data.token);
    if (!result.continues) this.onForgotten(result.unsent);
    this.#enter('open', { id: data.starlingId, continues: result.continues, recovered: topic === 'connection:recovered' });
    this.#opening?.resolve({ recovered: topic === 'connection:recovered' });
    this.#opening = undefined;
    this.#flush();
    this.#expect(this.keepAlive);
    return true;
  }

  #receive(data) {
    this.#expect(this.keepAlive);
    if (typeof data !== 'string') {
      this.#count(data.byteLength);
      return this.onBinary(data);
    }
    const message = parse(data);
    const type = message?.protocol === PROTOCOL ? message.type : undefined;
    if (type === 'ack') return this.#acknowledged(message.received);
    if (type === 'ping') return this.#socket.send(envelope({ type: 'ack', messageId: message.messageId ?? uuid() }));
    const missed = message?.notification?.topic === 'connection:missed' ? message.notification.data.missed : 1;
    this.#count(data.length, missed);
    this.onText(message, data);
  }

  #acknowledged(received) {
    if (received === undefined || this.#resume.acknowledge(received)) return;
    const violations = [`received: ${received} is more than was sent`];
    this.send(envelope({ type: 'error', error: { severity: 'protocol', code: 'PROTOCOL_VIOLATION', message: 'Not a valid ack', details: { violations } } }));
  }

  #count(bytes, messages) {
    this.#resume.count(bytes, messages);
    if (this.#resume.isAckDue) this.#sendAck();
    else this.#ack ??= setTimeout(() => this.#sendAck(), ACK_WITHIN);
  }

  #sendAck() {
    clearTimeout(this.#ack);
    this.#ack = undefined;
    const received = this.#state === 'open' ? this.#resume.takeAck() : undefined;
    if (received !== undefined) this.#socket.send(envelope({ type: 'ack', messageId: uuid(), received }));
  }

  #flush() {
    if (this.#state !== 'open') return;
    for (let frame = this.#resume.next(); frame; frame = this.#resume.next()) this.#socket.send(frame.data);
  }

  // A page does not see the server's pings: after a silence it asks, and gives up when nothing comes.
  #expect(within) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      if (this.#state !== 'open') return this.drop();
      this.#socket.send(envelope({ type: 'ping', messageId: uuid() }));
      this.#watch = setTimeout(() => this.drop(), PATIENCE);
    }, within);
  }

  #hurry() {
    if (this.#state === 'reconnecting' && this.#retry) this.#dial();
    else if (this.#state === 'open') this.#expect(0);
  }

  #lose(close) {
    const socket = this.#socket;
    this.#socket = undefined;
    clearTimeout(this.#watch);
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close(3001, close.reason);
    if (FINAL.includes(close.code) || this.#opening) return this.#end(close);
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#enter('reconnecting', close);
    // Anywhere up to twice as long as before, so that pages that were cut together do not come back together.
    const delay = Math.random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#tries++);
    this.#retry = setTimeout(() => { this.#retry = undefined; this.#dial(); }, delay);
  }

  #end(close) {
    [this.#ack, this.#watch, this.#retry].forEach(clearTimeout);
    const socket = this.#socket;
    this.#socket = this.#ack = this.#retry = undefined;
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close();
    if (FINAL.includes(close.code)) this.#token = undefined;
    this.#resume = new Resume();
    this.#opening?.reject(problem('CONNECTION_CLOSED', 'The connection could not be opened.', close));
    this.#opening = undefined;
    if (this.#state !== 'closed') this.#enter('closed', close);
  }

  #enter(state, info) {
    this.#state = state;
    this.onState(state, info);
  }
}

/** A whole protocol message. */
export function envelope(message) {
  return JSON.stringify({ protocol: PROTOCOL, version: '1.0.0', timestamp: Date.now(), ...message });
}

// crypto.randomUUID exists on https and localhost only; a phone on the same network opens plain http.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function problem(code, message, details) { return Object.assign(new Error(message), { code, details }); }

function parse(text) {
  try { return JSON.parse(text); } catch { return undefined; }
}
