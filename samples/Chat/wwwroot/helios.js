// A client of the Helios-Starling protocol for the browser, small enough to read in one sitting:
//
//   const helios = new HeliosClient('ws://localhost:5080/helios');
//   helios.on('room:*', (data, topic) => …);                   // notifications, by topic or pattern
//   helios.method('ui:ask', async (question) => answer);       // what the server may ask this page
//   await helios.connect();                                    // drops are mended: it comes back and goes on where it was cut
//   const call = helios.request('heavy:compute', {}, { onProgress: ({ percent }) => … });
//   call.cancel();                                             // or: const result = await call;

import { Connection, envelope, uuid } from './connection.js';

const PROTOCOL = 'helios-starling';

/** An answer that is an error, or the reason why there is no answer. */
export class HeliosError extends Error {
  constructor(code, message, details) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Calls that wait for their answer. */
class Requests {
  #open = new Map();

  add(requestId, timeout, onProgress, onTimeout) {
    const promise = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (!this.#take(requestId)) return;
        onTimeout(requestId);
        reject(new HeliosError('REQUEST_TIMEOUT', `No answer within ${timeout / 1000} s.`, { timeout }));
      }, timeout);
      this.#open.set(requestId, { resolve, reject, timer, onProgress });
    });
    return promise;
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

  failAll(error, which = () => true) {
    for (const requestId of [...this.#open.keys()].filter(which)) this.fail(requestId, error);
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

  /** options.onToken(token): the newest recovery token, a secret with which a reloaded page comes back as the same starling. */
  constructor(url, { onToken = () => {} } = {}) {
    this.#connection = new Connection(url, {
      onToken,
      onState: (state, info) => this.#onState(state, info),
      onText: (message) => this.#onText(message),
      onBinary: (data) => this.#binary.forEach((handler) => handler(data)),
      onForgotten: (unsent) => this.#onForgotten(unsent),
    });
  }

  /** 'closed', 'connecting', 'open' or 'reconnecting'. */
  get state() { return this.#connection.state; }

  /** Connects; with a token as the starling that it is of. */
  connect(token) { return this.#connection.open(token); }
  close() { this.#connection.close(); }

  /** Loses the connection, to see what happens: it comes back. */
  drop() { this.#connection.drop(); }

  /**
   * Calls handler(state, info). Of 'open', info says { id, recovered, continues }: whether this is the starling of before, and whether
   * the conversation goes on where it was cut; if not, the server has forgotten it, and what it sent meanwhile is gone.
   */
  onState(handler) { return subscribe(this.#states, handler); }
  onBinary(handler) { return subscribe(this.#binary, handler); }

  /** Calls handler(data, topic) for topics that fit: '*' stands for one segment, '**' for the rest. */
  on(pattern, handler) { return subscribe(this.#topics, { segments: pattern.split(':'), handler }); }

  /** Answers requests of the server with handler(payload, { signal }); throw a HeliosError to refuse. */
  method(name, handler) { this.#methods.add(name, handler); }

  notify(topic, data) { this.#send({ type: 'notification', notification: { topic, data } }); }
  sendBinary(data) { this.#connection.send(data); }

  /** Calls a method of the server. The promise it returns can also be cancelled: call.cancel(reason). */
  request(method, payload, { timeout = 15_000, onProgress } = {}) {
    const requestId = uuid();
    let frame;
    const cancel = (reason) => this.#cancel(requestId, frame, reason);
    const promise = this.#requests.add(requestId, timeout, onProgress, () => cancel('timeout'));
    try {
      frame = this.#send({ type: 'request', requestId, method, payload }, requestId);
    } catch (error) {
      this.#requests.fail(requestId, error);
    }
    return Object.assign(promise, { cancel: (reason = 'cancelled by the user') => cancel(reason) });
  }

  // What was never sent is taken back; else the promise ends with the server's answer to this, REQUEST_CANCELLED.
  #cancel(requestId, frame, reason) {
    if (this.state === 'closed') return;
    if (frame && this.#connection.withdraw(frame)) {
      this.#requests.fail(requestId, new HeliosError('REQUEST_CANCELLED', 'The request was cancelled before it was sent.', { reason }));
    } else {
      this.#send({ type: 'notification', requestId, notification: { topic: 'system:cancel', data: { reason } } });
    }
  }

  #send(message, about) { return this.#connection.send(envelope(message), about); }

  #onState(state, info) {
    if (state === 'closed') {
      this.#requests.failAll(new HeliosError('CONNECTION_CLOSED', 'The connection was lost.', info));
      this.#methods.cancelAll();
    }
    this.#states.forEach((handler) => handler(state, info));
  }

  // The server has forgotten the conversation: what was on its way may have run.
  #onForgotten(unsent) {
    const waiting = new Set(unsent.map(({ about }) => about));
    this.#requests.failAll(
      new HeliosError('STATE_RECOVERY_FAILED', 'The connection was lost while the request was on its way: it may have run.'),
      (requestId) => !waiting.has(requestId));
    this.#methods.cancelAll();
  }

  #onText(message) {
    if (message?.protocol !== PROTOCOL) return; // other text and JSON is the application's own: none here
    switch (message.type) {
      case 'response': return this.#requests.answer(message);
      case 'notification': return this.#onNotification(message);
      case 'request': return this.#onRequest(message);
      case 'error': return console.warn(`${message.error.code}: ${message.error.message}`);
    }
  }

  async #onRequest(message) {
    const answer = await this.#methods.answer(message);
    if (this.state !== 'closed') this.#send(answer);
  }

  #onNotification({ requestId, timestamp, notification: { topic, data } }) {
    if (topic === 'state:token') return this.#connection.keepToken(data.token, timestamp);
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
