import { HeliosError } from './errors.js';
import { Ledger, type Frame } from './ledger.js';

/** What a server takes, as its welcome says. */
export interface ServerLimits {
  maxMessageSize?: number;
  maxRequests?: number;
  maxRequestBytes?: number;
}

/**
 * What is to be sent, in order. Requests beyond what the server takes at a time wait here, and what was sent behind them; before
 * the first welcome all does. Answers to the server and cancellations never wait.
 */
export class Outbox extends Ledger {
  waiting: Frame[] = [];
  waitingBytes = 0;
  // Requests that the server has, or is about to get, and has not answered.
  readonly open = new Map<string, Frame>();
  #openBytes = 0;
  #limits: ServerLimits | undefined;
  #room: (() => void)[] = [];
  readonly #most: number;
  readonly #mostBytes: number;
  /** Hands over what can be sent now. */
  flush = (): void => {};
  /** A message is too large for the server that it has waited for. */
  refuse = (_frame: Frame, _error: HeliosError): void => {};

  constructor(most: number, mostBytes: number) {
    super();
    this.#most = most;
    this.#mostBytes = mostBytes;
  }

  /** Queues a message of the application behind all others. Throws when there is no room, or the server takes none so large. */
  send(frame: Frame): void {
    this.check(frame.size);
    if (this.isFull()) throw new HeliosError('REQUEST_QUEUE_FULL', 'Too much waits for the server');
    if (this.waiting.length || !this.#hasPlaceFor(frame)) {
      this.waiting.push(frame);
      this.waitingBytes += frame.size;
    } else this.#move(frame);
    this.flush();
  }

  /** Queues what the server waits for; nothing holds it back. */
  reply(frame: Frame): void {
    this.add(frame);
    this.flush();
  }

  check(size: number): void {
    const limit = this.#limits?.maxMessageSize ?? Infinity;
    if (size > limit) throw new HeliosError('REQUEST_PAYLOAD_TOO_LARGE', 'The message is larger than the server takes', { size, limit });
  }

  /** Whether there is no room; with 2, whether the server asks on and takes none of the answers. */
  isFull(times = 1): boolean {
    return this.kept.length + this.waiting.length >= this.#most * times || this.bytes + this.waitingBytes >= this.#mostBytes * times;
  }

  /** Completes when there is room for another message. */
  async room(): Promise<void> {
    if (this.isFull()) await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  /** Takes back a request that was never handed to a connection. */
  override withdraw(frame: Frame): void {
    const at = this.waiting.indexOf(frame);
    if (at < 0) super.withdraw(frame);
    else {
      this.waiting.splice(at, 1);
      this.waitingBytes -= frame.size;
    }
    this.answered(frame.id!);
  }

  /** The server has answered, or never gets the request: the next may be sent. */
  answered(id: string): void {
    const frame = this.open.get(id);
    if (!frame) return;
    this.#close(frame);
    this.pump();
  }

  /** A connection is about to begin, to a server that takes so much. */
  begin(limits: ServerLimits, isNew: boolean): void {
    this.#limits = limits;
    for (const frame of isNew ? [...this.open.values()] : []) if (frame.isSent) this.#close(frame);
  }

  override acknowledge(received: number): boolean {
    const isRight = super.acknowledge(received);
    this.#makeRoom();
    return isRight;
  }

  /** Sends what waits without a place: the client is leaving. Returns the requests among it, which are not sent. */
  release(): Frame[] {
    const all = this.waiting;
    [this.waiting, this.waitingBytes] = [[], 0];
    for (const frame of all) if (!frame.id) this.add(frame);
    this.flush();
    return all.filter(({ id }) => id);
  }

  override clear(): Frame[] {
    this.waiting = [];
    const sent = super.clear();
    this.#makeRoom();
    return sent;
  }

  /** Moves on what may be sent now. */
  pump(): void {
    while (this.waiting.length && this.#hasPlaceFor(this.waiting[0]!)) {
      const frame = this.waiting.shift()!;
      this.waitingBytes -= frame.size;
      try {
        this.check(frame.size);
        this.#move(frame);
      } catch (error) {
        this.refuse(frame, error as HeliosError);
      }
    }
    this.#makeRoom();
    this.flush();
  }

  #hasPlaceFor({ id, size }: Frame): boolean {
    if (!this.#limits || !id) return !!this.#limits;
    const { maxRequests = Infinity, maxRequestBytes = Infinity } = this.#limits;
    return !this.open.size || (this.open.size < maxRequests && this.#openBytes + size <= maxRequestBytes);
  }

  #move(frame: Frame): void {
    if (frame.id) {
      this.open.set(frame.id, frame);
      this.#openBytes += frame.size;
    }
    this.add(frame);
  }

  #close({ id, size }: Frame): void {
    if (this.open.delete(id!)) this.#openBytes -= size;
  }

  #makeRoom(): void {
    if (!this.isFull()) for (const resolve of this.#room.splice(0)) resolve();
  }
}
