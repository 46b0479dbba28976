import type { Clock } from './clock.js';
import { invalid, isError, messageOf } from './errors.js';
import type { Report } from './handlers.js';
import type { HeliosOptions } from './options.js';
import type { Outbox } from './outbox.js';
import { cut, isCode, isMethod, type Message } from './protocol.js';

/** What a method of this client knows of the request that it handles. */
export interface MethodContext {
  /** The method's name. */
  readonly method: string;
  /** Fires when the server cancels the request, its time is over, or the conversation has ended. */
  readonly signal: AbortSignal;
  readonly metadata: Record<string, unknown> | undefined;
  /** Tells the server how far it is. */
  progress(data: unknown): void;
}

export type MethodHandler = (payload: any, context: MethodContext) => unknown;

/** Sends what the server waits for. Throws when it cannot be written, or is larger than the server takes. */
export type Tell = (type: Message['type'], fields: Record<string, unknown>) => void;

const RESERVED = /^(system|internal|stream|helios):/;

interface Run {
  requestId: string;
  controller: AbortController;
  release: (() => void) | undefined;
}

/** What the server may ask of this client. */
export class Methods {
  readonly handlers = new Map<string, MethodHandler>();
  /** Requests that run, by id. */
  readonly running = new Map<string, Run>();

  constructor(
    private readonly options: HeliosOptions<any> & { clock: Clock },
    private readonly outbox: Outbox,
    private readonly report: Report,
    private readonly foreign: WeakSet<object>,
    private readonly tell: Tell,
  ) {}

  add(name: string, handler: MethodHandler): () => void {
    if (!isMethod(name) || RESERVED.test(name) || this.handlers.has(name))
      throw invalid(`'${name}' is no method name, reserved, or registered already`);
    this.handlers.set(name, handler);
    return () => {
      if (this.handlers.get(name) === handler) this.handlers.delete(name);
    };
  }

  handle(message: Message): void {
    const { method } = message;
    const handler = this.handlers.get(method!);
    if (!handler) this.refuse(message, 'METHOD_NOT_FOUND', `Method '${method}' not found`, { method });
    else if (this.running.size >= this.options.maxQueued!) this.refuse(message, 'REQUEST_QUEUE_FULL', 'Too many requests run');
    else if (this.running.has(message.requestId!.toLowerCase())) this.refuse(message, '', '');
    else void this.#run(message, handler);
  }

  /** The server gives a request up. */
  cancel(requestId: string, data: any): void {
    const reason = data?.reason;
    this.#stop(requestId, 'REQUEST_CANCELLED', 'The request was cancelled', typeof reason === 'string' ? { reason } : undefined);
  }

  /** The server does not know its requests any more. */
  forgetAll(): void {
    for (const run of this.running.values()) this.#end(run).abort();
  }

  /** Answers a message that is not handled. A response would end the promise of a request that runs. */
  refuse(
    { type, requestId }: { type: Message['type']; requestId?: string | null | undefined },
    code: string,
    message: string,
    details?: unknown,
  ): void {
    if (type !== 'request') this.tell('error', { error: { severity: 'protocol', code, message, details } });
    else if (this.running.has(requestId!.toLowerCase()))
      this.refuse({ type: 'error' }, 'REQUEST_DUPLICATE', 'A request with this id is in flight already', { requestId });
    else this.tell('response', { requestId, success: false, error: { code, message: cut(message), details: details ?? undefined } });
  }

  async #run({ requestId, method, payload, metadata }: Message, handler: MethodHandler): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const timeout = this.options.requestTimeout ?? 30_000;
    const run: Run = { requestId: requestId!, controller, release: undefined };
    if (timeout < Infinity)
      run.release = this.options.clock.after(timeout, () =>
        this.#stop(requestId!, 'REQUEST_TIMEOUT', `The method took longer than ${timeout / 1000} s`, { timeout }),
      );
    const notify = (topic: string, data: unknown): void => {
      if (!signal.aborted && this.#isRunning(run)) this.tell('notification', { requestId, notification: { topic, data } });
    };
    this.running.set(requestId!.toLowerCase(), run);
    try {
      let data = await handler(payload, {
        method: method!,
        signal,
        metadata: metadata ?? undefined,
        progress: (data) => notify('progress', data),
      });
      if (isStream(data)) data = await this.#stream(data, signal, notify);
      // A late answer is dropped.
      if (!this.#isRunning(run)) return;
      this.tell('response', { requestId, success: true, data });
      this.#end(run);
    } catch (error) {
      if (!this.#isRunning(run)) return;
      this.#end(run);
      this.#fail(requestId!, method!, error);
    }
  }

  async #stream(items: AsyncIterable<unknown>, signal: AbortSignal, notify: (topic: string, data: unknown) => void): Promise<void> {
    for await (const item of items) {
      if (signal.aborted) return;
      notify('stream:item', item);
      await this.outbox.room();
    }
  }

  // The failure of a request that the handler made itself is not the caller's own.
  #fail(requestId: string, method: string, error: unknown): void {
    const failed = { type: 'request', requestId } as const;
    try {
      if (isError(error) && isCode(error.code) && !this.foreign.has(error))
        return this.refuse(failed, error.code, error.message, error.details);
    } catch {
      // Its details cannot be written.
    }
    this.report(`method '${method}'`, error);
    this.refuse(failed, 'METHOD_ERROR', this.options.debug ? messageOf(error) : 'Method execution failed');
  }

  #isRunning(run: Run): boolean {
    return this.running.get(run.requestId.toLowerCase()) === run;
  }

  #stop(requestId: string, code: string, message: string, details?: unknown): void {
    const run = this.running.get(requestId.toLowerCase());
    if (!run) return;
    this.#end(run);
    this.refuse({ type: 'request', requestId: run.requestId }, code, message, details);
    run.controller.abort();
  }

  #end(run: Run): AbortController {
    run.release?.();
    this.running.delete(run.requestId.toLowerCase());
    return run.controller;
  }
}

const isStream = (result: any): result is AsyncIterable<unknown> => !!result?.[Symbol.asyncIterator];
