// A client of the Helios-Starling protocol for the browser, small enough to read in one sitting:
//
//   const helios = new HeliosClient('ws://localhost:5080/helios');
//   helios.on('room:*', (data, topic) => …);                   // notifications, by topic or pattern
//   helios.method('ui:ask', async (question) => answer);       // what the server may ask this page
//   await helios.connect();
//   const call = helios.request('heavy:compute', {}, { onProgress: ({ percent }) => … });
//   call.cancel();                                             // or: const result = await call;

const PROTOCOL = 'helios-starling';
const VERSION = '1.0.0';

/** An answer that is an error, or the reason why there is no answer. */
export class HeliosError extends Error {
  constructor(code, message, details) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The socket and its state. Knows frames, but nothing of requests: those may outlive a connection one day. */
class Connection {
  #socket;
  #state = 'closed';

  constructor(url, { onState, onText, onBinary }) {
    this.url = url;
    Object.assign(this, { onState, onText, onBinary });
  }

  get state() { return this.#state; }

  open() {
    return new Promise((resolve, reject) => {
      const socket = this.#socket = new WebSocket(this.url, PROTOCOL);
      socket.binaryType = 'arraybuffer';
      this.#enter('connecting');
      socket.onopen = () => { this.#enter('open'); resolve(); };
      socket.onmessage = ({ data }) => (typeof data === 'string' ? this.onText(data) : this.onBinary(data));
      socket.onclose = ({ code, reason }) => {
        this.#enter('closed', { code, reason });
        reject(new HeliosError('CONNECTION_CLOSED', 'The connection could not be opened.', { code, reason }));
      };
    });
  }

  send(frame) {
    if (this.#state !== 'open') throw new HeliosError('CONNECTION_CLOSED', 'There is no connection.');
    this.#socket.send(frame);
  }

  close() { this.#socket?.close(1000); }

  #enter(state, reason) {
    this.#state = state;
    this.onState(state, reason);
  }
}

/** Calls that wait for their answer. */
class Requests {
  #open = new Map();

  add(timeout, onProgress, onTimeout) {
    const requestId = uuid();
    const promise = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (!this.#take(requestId)) return;
        onTimeout(requestId);
        reject(new HeliosError('REQUEST_TIMEOUT', `No answer within ${timeout / 1000} s.`, { timeout }));
      }, timeout);
      this.#open.set(requestId, { resolve, reject, timer, onProgress });
    });
    return { requestId, promise };
  }

  progress(requestId, topic, data) {
    if (topic === 'progress') this.#open.get(requestId)?.onProgress?.(data);
  }

  // An answer to a request that is finished or was never ours is ignored.
  answer({ requestId, success, data, error }) {
    const request = this.#take(requestId);
    if (success) request?.resolve(data);
    else request?.reject(new HeliosError(error.code, error.message, error.details));
  }

  fail(requestId, error) { this.#take(requestId)?.reject(error); }

  failAll(error) {
    for (const requestId of [...this.#open.keys()]) this.fail(requestId, error);
  }

  #take(requestId) {
    const request = this.#open.get(requestId);
    clearTimeout(request?.timer);
    this.#open.delete(requestId);
    return request;
  }
}

/** What the server may ask of this page. */
class Methods {
  #handlers = new Map();
  #running = new Map();

  add(name, handler) { this.#handlers.set(name, handler); }

  /** Runs the handler of a request and returns the message that answers it. */
  async answer({ requestId, method, payload }) {
    const handler = this.#handlers.get(method);
    if (!handler) return failure(requestId, 'METHOD_NOT_FOUND', `There is no method '${method}'.`, { method });
    const controller = new AbortController();
    this.#running.set(requestId, controller);
    try {
      return { type: 'response', requestId, success: true, data: await handler(payload, { signal: controller.signal }) };
    } catch (error) {
      const known = error instanceof HeliosError;
      return known ? failure(requestId, error.code, error.message, error.details)
        : failure(requestId, 'METHOD_ERROR', 'Method execution failed');
    } finally {
      this.#running.delete(requestId);
    }
  }

  cancel(requestId) { this.#running.get(requestId)?.abort(); }
  cancelAll() { for (const controller of this.#running.values()) controller.abort(); }
}

export class HeliosClient {
  #connection;
  #requests = new Requests();
  #methods = new Methods();
  #topics = new Set();
  #binary = new Set();
  #states = new Set();

  constructor(url) {
    this.#connection = new Connection(url, {
      onState: (state, reason) => this.#onState(state, reason),
      onText: (text) => this.#onText(text),
      onBinary: (data) => this.#binary.forEach((handler) => handler(data)),
    });
  }

  /** 'closed', 'connecting' or 'open'. */
  get state() { return this.#connection.state; }

  connect() { return this.#connection.open(); }
  close() { this.#connection.close(); }

  /** Calls handler(state, reason) at every change of the connection. */
  onState(handler) { return subscribe(this.#states, handler); }

  /** Calls handler(arrayBuffer) for every binary message. */
  onBinary(handler) { return subscribe(this.#binary, handler); }

  /** Calls handler(data, topic) for topics that fit: '*' stands for one segment, '**' for the rest. */
  on(pattern, handler) { return subscribe(this.#topics, { segments: pattern.split(':'), handler }); }

  /** Answers requests of the server with handler(payload, { signal }); throw a HeliosError to refuse. */
  method(name, handler) { this.#methods.add(name, handler); }

  notify(topic, data) { this.#send({ type: 'notification', notification: { topic, data } }); }
  sendBinary(data) { this.#connection.send(data); }

  /** Calls a method of the server. The promise it returns can also be cancelled: call.cancel(reason). */
  request(method, payload, { timeout = 15_000, onProgress } = {}) {
    const { requestId, promise } = this.#requests.add(timeout, onProgress, (id) => this.#cancel(id, 'timeout'));
    try {
      this.#send({ type: 'request', requestId, method, payload });
    } catch (error) {
      this.#requests.fail(requestId, error);
    }
    return Object.assign(promise, { cancel: (reason = 'cancelled by the user') => this.#cancel(requestId, reason) });
  }

  // The promise ends with the server's answer to it, REQUEST_CANCELLED.
  #cancel(requestId, reason) {
    if (this.state !== 'open') return;
    this.#send({ type: 'notification', requestId, notification: { topic: 'system:cancel', data: { reason } } });
  }

  #send(message) {
    this.#connection.send(JSON.stringify({ protocol: PROTOCOL, version: VERSION, timestamp: Date.now(), ...message }));
  }

  #onState(state, reason) {
    if (state === 'closed') {
      this.#requests.failAll(new HeliosError('CONNECTION_CLOSED', 'The connection was lost.', reason));
      this.#methods.cancelAll();
    }
    this.#states.forEach((handler) => handler(state, reason));
  }

  #onText(text) {
    const message = parse(text);
    if (message?.protocol !== PROTOCOL) return; // other text and JSON is the application's own: none here
    switch (message.type) {
      case 'response': return this.#requests.answer(message);
      case 'notification': return this.#onNotification(message);
      case 'request': return this.#onRequest(message);
      case 'ping': return this.#send({ type: 'ack', messageId: message.messageId });
      case 'error': return console.warn(`${message.error.code}: ${message.error.message}`);
    }
  }

  async #onRequest(message) {
    const answer = await this.#methods.answer(message);
    if (this.state === 'open') this.#send(answer);
  }

  #onNotification({ requestId, notification: { topic, data } }) {
    if (topic === 'system:cancel') return this.#methods.cancel(requestId);
    if (requestId) return this.#requests.progress(requestId, topic, data);
    const segments = topic.split(':');
    for (const { segments: pattern, handler } of [...this.#topics]) if (fits(pattern, segments)) handler(data, topic);
  }
}

function failure(requestId, code, message, details) {
  return { type: 'response', requestId, success: false, error: { code, message, details } };
}

function fits(pattern, segments) {
  const rest = pattern.at(-1) === '**';
  const fixed = rest ? pattern.slice(0, -1) : pattern;
  return (rest ? segments.length > fixed.length : segments.length === fixed.length)
    && fixed.every((segment, index) => segment === '*' || segment === segments[index]);
}

function subscribe(set, handler) {
  set.add(handler);
  return () => set.delete(handler);
}

function parse(text) {
  try { return JSON.parse(text); } catch { return undefined; }
}

// crypto.randomUUID exists on https and localhost only; a phone on the same network opens plain http.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
