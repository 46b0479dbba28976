import type { Clock } from './clock.js';
import { closed, HeliosError, invalid, isError, messageOf } from './errors.js';
import { safely, type Report } from './handlers.js';
import { Items } from './items.js';
import type { Frame } from './ledger.js';
import type { HeliosOptions } from './options.js';
import type { Outbox } from './outbox.js';
import { isMethod, sizeOf, uuid, write, type Message } from './protocol.js';

/** How one request runs. */
export interface RequestOptions {
  /** Cancels it, at the server too: it fails with `REQUEST_CANCELLED`. */
  signal?: AbortSignal;
  /** How long it waits for its answer, in milliseconds. Default `requestTimeout`. */
  timeout?: number;
  /** Is given the data of each `progress`, in order and before the answer. */
  onProgress?: (progress: any) => void;
  /** Goes to the handler of the server. */
  metadata?: Record<string, unknown>;
  /** Sends it again when the server has lost its memory of this client, so that the method may run twice. Default false. */
  retry?: boolean;
  /** A name under which the page finds it again after a reload: `helios.reattach(key)`. */
  key?: string;
}

/** A request that runs. Await it for its answer; or read the items of a streamed answer with `for await`. */
export interface HeliosRequest<Result = any, Item = any> extends Promise<Result>, AsyncIterable<Item> {
  /** Its id on the wire. Another one after each `retry`. */
  readonly id: string;
  /** Ends it with `REQUEST_CANCELLED`, and cancels it at the server. */
  cancel(reason?: string): void;
}

/** One request and all that belongs to it. */
export interface Call {
  id: string;
  method: string;
  payload: unknown;
  options: RequestOptions;
  /** When its time is over, on the client's clock. */
  end: number;
  frame?: Frame;
  items: Items;
  /** Of a request that an earlier page made: the progress that came before this page has found it. */
  early?: unknown[] | undefined;
  isAnswered?: boolean;
  resolve(data: unknown): void;
  reject(error: unknown): void;
  release(): void;
  promise: HeliosRequest;
}

const nothing = (): void => {};

/** The requests of this side that the server has not answered. */
export class Requests {
  /** By id. */
  readonly open = new Map<string, Call>();
  /** Those that a later page may find, by key: until all their items are read. */
  readonly keyed = new Map<string, Call>();

  constructor(
    private readonly options: HeliosOptions<any> & { clock: Clock },
    private readonly outbox: Outbox,
    private readonly report: Report,
    private readonly foreign: WeakSet<object>,
    private readonly cancelThere: (requestId: string, reason: string) => void,
  ) {}

  start(method: string, payload: unknown, options: RequestOptions): HeliosRequest {
    const call = this.make(method, payload, options, options.timeout ?? this.options.requestTimeout ?? 30_000);
    if (!isMethod(method)) this.fail(call, invalid(`'${method}' is no method name`));
    else if (options.signal?.aborted) this.fail(call, cancelled('aborted', options.signal.reason));
    else this.#send(call);
    this.#listen(call, options.signal);
    return call.promise;
  }

  /** Makes a request, which is not sent. */
  make(method: string, payload: unknown, options: RequestOptions, timeout: number, id = uuid()): Call {
    const call = { id, method, payload, options, items: new Items(), end: this.options.clock.now() + timeout } as Call;
    const promise = new Promise((resolve, reject) => Object.assign(call, { resolve, reject }));
    call.promise = Object.defineProperty(
      Object.assign(promise, {
        cancel: (reason = 'cancelled') => this.#cancel(call, reason),
        [Symbol.asyncIterator]: () => this.#iterate(call),
      }),
      'id',
      { get: () => call.id },
    ) as HeliosRequest;
    call.release =
      timeout < Infinity
        ? this.options.clock.after(timeout, () =>
            this.#cancel(call, 'timeout', new HeliosError('REQUEST_TIMEOUT', `No answer within ${timeout / 1000} s`, { timeout })),
          )
        : nothing;
    if (options.key !== undefined) this.keyed.set(options.key, call);
    return call;
  }

  find(id: string): Call | undefined {
    return this.open.get(id.toLowerCase());
  }

  /** An answer; one to a request that is finished, or was never ours, is ignored. */
  answer({ requestId, success, data, error }: Message): void {
    const call = this.ended(requestId!);
    if (!call) return;
    if (!success) return this.fail(call, new HeliosError(error!.code, error!.message, error!.details ?? undefined));
    this.#close(call);
    call.isAnswered = true;
    call.items.end(
      data === undefined ? undefined : new HeliosError('RESPONSE_UNREADABLE', `'${call.method}' answers with a value instead of a stream`),
    );
    call.resolve(data);
    this.#drop(call);
  }

  /** The server has done with a request. */
  ended(requestId: string): Call | undefined {
    this.outbox.answered(requestId.toLowerCase());
    return this.find(requestId);
  }

  /** A notification tied to a request. */
  notify(requestId: string, topic: string | null | undefined, data: unknown, size: number): void {
    const call = this.find(requestId);
    if (topic === 'stream:item' && call) {
      call.items.push(data, size);
      if (call.items.bytes > this.options.maxQueuedBytes!)
        this.#cancel(call, 'items are not read', new HeliosError('REQUEST_QUEUE_FULL', 'Too many items wait to be read'));
    } else if (topic === 'progress') {
      if (call?.early) call.early.push(data);
      else safely(this.report, 'onProgress', call?.options.onProgress, data);
    }
  }

  /** The server has forgotten the conversation: what was sent may have run. */
  lose(): void {
    for (const call of [...this.open.values()].filter(({ frame }) => frame!.isSent)) {
      if (call.options.retry) {
        this.open.delete(call.id);
        call.id = uuid();
        this.#send(call);
      } else this.lost(call);
    }
  }

  /** Nobody knows of a request any more. */
  lost(call: Call): void {
    this.fail(call, new HeliosError('STATE_RECOVERY_FAILED', 'The conversation was lost: the request may have run'));
  }

  failAll(details: unknown): void {
    for (const call of this.open.values()) this.fail(call, closed(details));
  }

  /** A request that an earlier page, or this one, has made under a key. */
  reattach(key: string, { onProgress, signal }: RequestOptions): HeliosRequest | undefined {
    const call = this.keyed.get(key);
    if (!call) return undefined;
    const early = call.early ?? [];
    call.early = undefined;
    if (onProgress) call.options = { ...call.options, onProgress };
    for (const data of early) safely(this.report, 'onProgress', onProgress, data);
    this.#listen(call, signal);
    this.#drop(call, call.isAnswered ? undefined : !this.open.has(call.id));
    return call.promise;
  }

  fail(call: Call, error: HeliosError): void {
    this.#close(call);
    this.foreign.add(error);
    call.items.end(error);
    call.reject(error);
    this.#drop(call, true);
  }

  #listen(call: Call, signal: AbortSignal | undefined): void {
    if (!signal || !this.open.has(call.id)) return;
    const abort = (): void => this.#cancel(call, 'aborted', cancelled('aborted', signal.reason));
    const { release } = call;
    call.release = () => {
      release();
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  }

  #send(call: Call): void {
    const { id, method, payload, options } = call;
    this.open.set(id, call);
    try {
      const metadata = { ...safely(this.report, 'trace', this.options.trace, method), ...options.metadata };
      const data = write('request', { requestId: id, method, payload, metadata: Object.keys(metadata).length ? metadata : undefined });
      call.frame = { data, size: sizeOf(data), id };
      this.outbox.send(call.frame);
    } catch (error) {
      this.fail(call, isError(error) ? error : invalid(messageOf(error)));
    }
  }

  // What was never sent is taken back; else the server hears of it. The promise ends in any case.
  #cancel(call: Call, reason: string, error = cancelled(reason)): void {
    if (this.find(call.id) !== call) return;
    this.fail(call, error);
    if (call.frame!.isSent) this.cancelThere(call.id, reason);
    else this.outbox.withdraw(call.frame!);
  }

  #iterate(call: Call): AsyncIterator<unknown> {
    // The enumeration tells how it ends.
    call.promise.catch(nothing);
    return {
      next: () => call.items.next().finally(() => this.#drop(call)),
      return: async () => {
        this.#cancel(call, 'the loop was left');
        this.#drop(call, true);
        return { value: undefined, done: true };
      },
    };
  }

  #close(call: Call): void {
    call.release();
    this.open.delete(call.id);
  }

  #drop(call: Call, always = call.isAnswered && !call.items.kept.length): void {
    const key = call.options.key!;
    // What an earlier page has made stays until this one has found it.
    if (always && !call.early && this.keyed.get(key) === call) this.keyed.delete(key);
  }
}

const cancelled = (reason: string, cause?: unknown): HeliosError =>
  new HeliosError('REQUEST_CANCELLED', `The request was cancelled: ${reason}`, { reason }, cause);
