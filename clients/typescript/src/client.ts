import type {
  AnswerOf,
  AnyApi,
  ApiShape,
  ArgumentsOf,
  DataOf,
  HandlesOf,
  ItemOf,
  MethodsOf,
  PatternOf,
  PayloadOf,
  ResultOf,
  SendArgumentsOf,
  SendsOf,
  SendTopicOf,
  TopicsOf,
} from './api.js';
import { systemClock, type Clock } from './clock.js';
import { Connection } from './connection.js';
import { closed, HeliosError, invalid, type ConnectionFailure } from './errors.js';
import type { Ending, Status } from './events.js';
import { safely, type Report } from './handlers.js';
import type { Frame } from './ledger.js';
import { Methods, type MethodContext, type Tell } from './methods.js';
import type { HeliosOptions } from './options.js';
import { Outbox } from './outbox.js';
import { followPage } from './page.js';
import { isObject, isTopic, isUuid, sizeOf, write, type Incoming, type Message } from './protocol.js';
import { Requests, type HeliosRequest, type RequestOptions } from './requests.js';
import { Tickets } from './tickets.js';
import { pattern } from './topics.js';

/** What happens to a client, each with what is told. */
export interface HeliosEvents {
  /** A connection is open, the first one or another. */
  connected: { starlingId: string };
  /** A connection has ended. */
  disconnected: { code: number; reason: string };
  /** Before each try to come back: its number, its delay in milliseconds, and why the last one failed. `stop()` ends the client. */
  reconnecting: { attempt: number; delay: number; failure: ConnectionFailure | undefined; stop(): void };
  /** The client is back. Not `continued`: the server has lost its memory of it; join rooms again, ask for what you need. */
  recovered: { starlingId: string; continued: boolean; missed: number | undefined };
  /** The server had to drop messages for this client: so many. */
  missed: { missed: number };
  /** Nobody knows whether the server has these messages, in the order in which they were sent. They are not sent again. */
  unconfirmed: { messages: (string | Uint8Array)[] };
  /** `getToken`, or the server, has not given a new ticket in time. The client tries again until the connection ends. */
  renewalFailed: { error: HeliosError };
  /** The server tells of an error that belongs to no request. */
  error: HeliosError;
  /** The client has ended for good. `confirmed`: the server knows that it has left. */
  closed: Ending;
  /** `status` is another one. */
  status: Status;
}

/** What a client consists of, for those who keep it beyond the life of its page. */
export interface Parts {
  connection: Connection;
  outbox: Outbox;
  requests: Requests;
  methods: Methods;
  clock: Clock;
}

interface Handler {
  wants(name: string, topic: string | null | undefined): boolean;
  handle(data: any, name: string, topic: string): unknown;
}

// Beside the names of events.
const TOPIC = 'topic';
const BINARY = 'binary';

/**
 * A connection to a Helios server: requests both ways, notifications, text, JSON and binary. When the connection drops it comes back by
 * itself and goes on where it was cut: nothing is lost and nothing is doubled, in both directions. `connect` makes one.
 */
export class HeliosClient<Api extends ApiShape = AnyApi> {
  /** What happens to the connection. */
  readonly events: {
    /** Calls back when it happens. Returns what ends that. */
    on<Name extends keyof HeliosEvents>(name: Name, handler: (event: HeliosEvents[Name]) => unknown): () => void;
  };
  readonly #options;
  // Handlers of topics and of events; those of events by name.
  readonly #handlers = new Set<Handler>();
  readonly #outbox: Outbox;
  readonly #requests: Requests;
  readonly #methods: Methods;
  readonly #connection: Connection;
  #isLeaving = false;
  #unfollow: (() => void) | undefined;

  /** Makes a client that `connect()` connects. */
  constructor(url: string | URL, given: HeliosOptions<Api> = {}) {
    const options = (this.#options = { maxQueued: 1_000, maxQueuedBytes: 64 * 1024 * 1024, clock: systemClock, logger: console, ...given });
    const foreign = new WeakSet<object>();
    const outbox = (this.#outbox = new Outbox(options.maxQueued, options.maxQueuedBytes));
    this.events = { on: (name, handler) => this.#listen((event) => event === name, handler) };
    this.#requests = new Requests(options, outbox, this.#report, foreign, (requestId, reason) =>
      this.#tell('notification', { requestId, notification: { topic: 'system:cancel', data: { reason } } }),
    );
    this.#methods = new Methods(options, outbox, this.#report, foreign, this.#tell);
    const tickets = new Tickets(
      options.clock,
      options.getToken,
      (ticket) => this.#requests.start('system:renew', { ticket }, {}),
      (error) => {
        if (!this.#emit('renewalFailed', { error: error as HeliosError })) this.#report('the ticket was not renewed', error);
      },
    );
    this.#connection = new Connection(addressOf(url), options, outbox, tickets, {
      status: () => this.#emit('status', this.status),
      message: (incoming, size) => this.#onMessage(incoming, size),
      binary: (data) => this.#call(BINARY, new Uint8Array(data)),
      lost: (code, reason) => this.#emit('disconnected', { code, reason }),
      reconnecting: (attempt, delay, failure, stop) => this.#emit('reconnecting', { attempt, delay, failure, stop }),
      welcome: ({ starlingId, missed }, isRecovered, continued, lost) => {
        if (!continued) {
          this.#methods.forgetAll();
          this.#requests.lose();
          this.#tellUnconfirmed(lost);
        }
        this.#emit('connected', { starlingId });
        if (isRecovered) this.#emit('recovered', { starlingId, continued, missed });
      },
      ended: (ending, unconfirmed) => {
        this.#unfollow?.();
        this.#methods.forgetAll();
        this.#requests.failAll(ending.failure);
        this.#tellUnconfirmed(unconfirmed);
        this.#emit('closed', ending);
        this.#handlers.clear();
      },
    });
    outbox.flush = () => this.#connection.flush();
    outbox.refuse = ({ id }, error) =>
      id ? this.#requests.fail(this.#requests.find(id)!, error) : this.#report('a message was not sent', error);
    options.setup?.(this);
  }

  /** Where the client stands. */
  get status(): Status {
    return this.#connection.status;
  }

  /** Which starling the client is; `undefined` until the server has told. */
  get starlingId(): string | undefined {
    return this.#connection.starlingId;
  }

  /** The newest recovery token: with it as the option `token` another client comes back as the same starling. A secret. */
  get token(): string | undefined {
    return this.#connection.token;
  }

  /** Connects; called again, it is still one connection. Fails with `CONNECTION_REJECTED` when the server refuses or cannot be reached. */
  async connect(): Promise<this> {
    const { signal, persist } = this.#options;
    const giveUp = (): void => this.disconnect('given up');
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp);
    if (this.status === 'idle') {
      this.#unfollow = followPage({
        check: () => this.#connection.check(),
        suspend: (isLeaving) => {
          if (this.#connection.suspend()) persist?.save(this.#parts, isLeaving);
        },
        resume: () => void this.#connection.resume(),
      });
    }
    try {
      await this.#connection.open((isBack) => persist?.restore(this.#parts, isBack));
      return this;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Asks the server to run a method. Await what it returns for the answer; read a streamed answer with `for await`. */
  request<Name extends keyof MethodsOf<Api> & string>(
    method: Name,
    ...[payload, options = {}]: ArgumentsOf<MethodsOf<Api>[Name], RequestOptions>
  ): HeliosRequest<ResultOf<MethodsOf<Api>[Name]>, ItemOf<MethodsOf<Api>[Name]>> {
    this.#throwIfClosed();
    return this.#requests.start(method, payload, options as RequestOptions);
  }

  /** A request with this `key` that runs, of this page or of the one before its reload. `undefined` when there is none. */
  reattach<Result = any, Item = any>(
    key: string,
    options: Pick<RequestOptions, 'onProgress' | 'signal'> = {},
  ): HeliosRequest<Result, Item> | undefined {
    return this.#requests.reattach(key, options);
  }

  /** Answers requests of the server. Throw a `HeliosError` to refuse one. Returns what takes the method away. */
  method<Name extends keyof HandlesOf<Api> & string>(
    name: Name,
    handler: (payload: PayloadOf<HandlesOf<Api>[Name]>, context: MethodContext) => AnswerOf<HandlesOf<Api>[Name]>,
  ): () => void {
    return this.#methods.add(name, handler);
  }

  /** Calls back for the topics that fit: `*` stands for one segment, a final `**` for the rest. Returns what ends that. */
  on<Pattern extends string>(
    topic: Pattern & PatternOf<TopicsOf<Api>, Pattern>,
    handler: (data: DataOf<TopicsOf<Api>, Pattern>, topic: string) => unknown,
  ): () => void {
    const fits = pattern(topic);
    return this.#listen(
      (name, told) => name === TOPIC && fits(told ?? undefined),
      (data, _, told) => handler(data, told),
    );
  }

  /** Sends a notification. Throws `REQUEST_QUEUE_FULL` when too much waits, `REQUEST_PAYLOAD_TOO_LARGE` when it is too large. */
  notify<Topic extends string>(topic: Topic & SendTopicOf<SendsOf<Api>, Topic>, ...[data]: SendArgumentsOf<SendsOf<Api>, Topic>): void {
    if (!isTopic(topic)) throw invalid(`'${topic}' is no topic`);
    this.#send(write('notification', { notification: { topic, data } }));
  }

  /** Sends plain text: anything but a protocol message. */
  sendText(text: string): void {
    this.#send(text);
  }

  /** Sends JSON of your own. */
  sendJson(value: unknown): void {
    this.#send(JSON.stringify(value));
  }

  /** Sends bytes, of which a copy is made. */
  sendBinary(data: ArrayBuffer | ArrayBufferView): void {
    const { buffer = data, byteOffset = 0, byteLength } = data as ArrayBufferView;
    this.#send(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice());
  }

  /** Calls back for text that is no JSON. */
  onText(handler: (text: string) => unknown): () => void {
    return this.#listen((name) => name === 'text', handler);
  }

  /** Calls back for JSON that is no protocol message. */
  onJson(handler: (value: any) => unknown): () => void {
    return this.#listen((name) => name === 'json', handler);
  }

  /** Calls back for binary messages. */
  onBinary(handler: (data: Uint8Array) => unknown): () => void {
    return this.#listen((name) => name === BINARY, handler);
  }

  /**
   * Leaves for good: sends all that is held, waits until the server has it, at most `connectTimeout`, and says goodbye. The server
   * forgets the starling. Never fails: the event `closed` says whether the server has confirmed it.
   */
  close(reason = ''): Promise<void> {
    this.#isLeaving = true;
    for (const { id } of this.#outbox.release()) this.#requests.fail(this.#requests.find(id!)!, closed());
    return this.#connection.leave(reason);
  }

  /** Ends the client, while the server keeps the starling for a time: another client with this `token` comes back as it. */
  disconnect(reason = ''): void {
    this.#isLeaving = true;
    this.#connection.disconnect(reason);
  }

  get #parts(): Parts {
    return {
      connection: this.#connection,
      outbox: this.#outbox,
      requests: this.#requests,
      methods: this.#methods,
      clock: this.#options.clock,
    };
  }

  #throwIfClosed(): void {
    if (this.#isLeaving || this.status === 'closed') throw closed();
  }

  #send(data: string | Uint8Array): void {
    this.#throwIfClosed();
    this.#outbox.send({ data, size: sizeOf(data) });
  }

  #tell: Tell = (...message) => {
    if (this.status === 'closed') return;
    const data = write(...message);
    const size = sizeOf(data);
    this.#outbox.check(size);
    this.#outbox.reply({ data, size });
  };

  #report: Report = (what, error) => {
    try {
      this.#options.logger?.error(`helios: ${what}:`, error);
    } catch {
      // Nobody is left to tell.
    }
  };

  #listen(wants: Handler['wants'], handle: Handler['handle']): () => void {
    const handler = { wants, handle };
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  /** Calls the handlers. Returns whether there were any. */
  #call(name: string, data: unknown, topic?: string | null): boolean {
    const called = [...this.#handlers].filter(({ wants }) => wants(name, topic));
    for (const { handle } of called) safely(this.#report, `a handler of ${topic ?? name}`, handle, data, name, topic as string);
    return called.length > 0;
  }

  #emit<Name extends keyof HeliosEvents>(name: Name, event: HeliosEvents[Name]): boolean {
    return this.#call(name, event);
  }

  // Requests tell it themselves.
  #tellUnconfirmed(frames: Frame[]): void {
    const messages = frames.filter(({ id }) => !id).map(({ data }) => data);
    if (messages.length) this.#emit('unconfirmed', { messages });
  }

  #onMessage(incoming: Incoming, size: number): void {
    if (!('message' in incoming)) return void this.#call(incoming.status, incoming.value);
    const { message } = incoming;
    const { type, requestId } = message;
    const isPeer = !!message.peer && type !== 'error';
    if (incoming.status === 'message' && !isPeer) return this.#dispatch(message, size);
    const { code, details } = incoming.status === 'invalid' ? incoming : { code: 'PROXY_FORBIDDEN', details: undefined };
    const text = `The message is not ${isPeer ? 'passed on' : 'valid'}`;
    // A caller never waits for its time limit because an answer was bad.
    if (isUuid(requestId) && (type === 'response' || type === 'notification')) {
      const call = type === 'response' ? this.#requests.ended(requestId!) : this.#requests.find(requestId!);
      if (call)
        this.#requests.fail(call, new HeliosError('PROTOCOL_INVALID_MESSAGE', text, details ?? { violations: ['peer: is not passed on'] }));
    }
    // An error message is never answered.
    if (type !== 'error') this.#methods.refuse({ type: isUuid(requestId) ? type : 'error', requestId }, code, text, details);
  }

  #dispatch(message: Message, size: number): void {
    const { type, requestId, error } = message;
    if (type === 'request') this.#methods.handle(message);
    else if (type === 'response') this.#requests.answer(message);
    else if (type === 'error') this.#emit('error', new HeliosError(error!.code, error!.message, error!.details ?? undefined));
    else this.#onNotification(requestId, message.notification!, size);
  }

  #onNotification(requestId: string | null | undefined, { topic, data }: NonNullable<Message['notification']>, size: number): void {
    if (requestId) {
      if (topic === 'system:cancel') this.#methods.cancel(requestId, data);
      else this.#requests.notify(requestId, topic, data, size);
      return;
    }
    if (topic === 'state:token' && isObject(data) && typeof data.token === 'string') this.#connection.keepToken(data.token);
    if (topic === 'connection:missed') this.#emit('missed', { missed: data?.missed });
    this.#call(TOPIC, data, topic);
  }
}

function addressOf(url: string | URL): URL {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace(/^http/, 'ws');
  address.hash = '';
  if (!/^wss?:$/.test(address.protocol) || address.username || address.password)
    throw invalid('The address must be ws:// or wss://, without user name and password');
  return address;
}

/** Makes a client and connects it. */
export const connect = <Api extends ApiShape = AnyApi>(url: string | URL, options?: HeliosOptions<Api>): Promise<HeliosClient<Api>> =>
  new HeliosClient<Api>(url, options).connect();
