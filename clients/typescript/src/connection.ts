import { Backoff } from './backoff.js';
import type { Clock } from './clock.js';
import { failureOf, isFinal } from './closes.js';
import { dial } from './dial.js';
import { closed, failure, isError, messageOf, rejected, type ConnectionFailure } from './errors.js';
import type { ConnectionEvents, Status } from './events.js';
import { quietly } from './handlers.js';
import { Liveness } from './liveness.js';
import type { HeliosOptions } from './options.js';
import type { Outbox } from './outbox.js';
import { randomName, read, sizeOf, uuid, write } from './protocol.js';
import { askWhy } from './refusal.js';
import type { Tickets } from './tickets.js';
import { welcomeOf } from './welcome.js';

const LOST = 1006;
const OPEN = 1;
const ACK_WITHIN = 1_000;
// How long a ping may stay unanswered when something may have happened to the network.
const SHORT_PATIENCE = 5_000;
// A connection that lasted as long was a good one.
const GOOD_AFTER = 10_000;
const nothing = (): void => {};

/** One socket after another to the same starling: comes back by itself, and goes on where it was cut (docs/protocol.md section 7). */
export class Connection {
  status: Status = 'idle';
  token: string | undefined;
  starlingId: string | undefined;
  /** Which life this is, and how often it has tried (rule 5). */
  instance = randomName();
  attempt = 0;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #patience: number;
  readonly #liveness: Liveness;
  // Ends what waits for a try that was given up.
  #turn = 0;
  #socket: any;
  #isLinked = false;
  #isFromStore = false;
  #hasBegun = false;
  #isPrepared = false;
  #isSuspended = false;
  #isLeaving = false;
  #hasSaidGoodbye = false;
  #leaveReason = '';
  #failure: ConnectionFailure | undefined;
  #opening: Promise<void> | undefined;
  // Takes what is in the store, ahead of the first try, and when the page has come back.
  #prepare: (isBack: boolean) => unknown = nothing;
  #opened: () => void = nothing;
  #failed: (error: unknown) => void = nothing;
  #ended: (() => void)[] = [];
  // Timers, as what cancels them.
  #retry: (() => void) | undefined;
  #ack: (() => void) | undefined;
  #timeout: (() => void) | undefined;
  #since = 0;
  #acknowledged = 0;
  #owedSince = 0;

  constructor(
    private readonly url: URL,
    private readonly options: HeliosOptions<any> & { clock: Clock },
    private readonly outbox: Outbox,
    private readonly tickets: Tickets,
    private readonly events: ConnectionEvents,
  ) {
    this.#clock = options.clock;
    this.#backoff = new Backoff(options.reconnect);
    this.#patience = options.connectTimeout ?? 10_000;
    this.#liveness = new Liveness(
      options.clock,
      () => this.#write(write('ping', { messageId: uuid() })),
      () => this.#lose(LOST, 'the server did not answer'),
    );
    this.adopt(options.token?.trim() || undefined);
  }

  /** Connects. Called again it returns the same promise. */
  open(prepare: (isBack: boolean) => unknown): Promise<void> {
    if (!this.#opening) {
      this.#prepare = prepare;
      this.#opening = new Promise((resolve, reject) => ([this.#opened, this.#failed] = [resolve, reject]));
      if (this.status === 'closed') this.#failed(closed());
      else void this.#begin();
    }
    return this.#opening;
  }

  /** Goes on as what an earlier life has left: with its token, and as its instance when what it had counted is known. */
  adopt(token: string | undefined, instance?: string, attempt = 0): void {
    this.token = token;
    this.#isFromStore = !!token;
    // What is kept is not lost because the first try fails.
    if (instance) this.#hasBegun = true;
    this.instance = instance ?? randomName();
    this.attempt = attempt;
  }

  /** A newer token: the one that came last counts. */
  keepToken(token: string): void {
    this.token = token;
    this.options.persist?.keepToken(token);
  }

  /** Hands over what waits. */
  flush(): void {
    if (this.#isLinked && this.outbox.isFull(2)) {
      // The server asks on and takes no answers. In a new epoch they are not sent again.
      this.outbox.epoch = undefined;
      this.#lose(4003, 'answers are not taken');
    }
    while (this.#isLinked && this.#socket.readyState === OPEN) {
      const frame = this.outbox.next();
      if (!frame) return;
      this.#write(frame.data);
    }
  }

  /** Looks now whether the connection lives, or tries now to come back. */
  check(): void {
    if (this.#isLinked) this.#liveness.ask(SHORT_PATIENCE);
    else if (this.#retry) void this.#dial();
  }

  /** Stops reading, sending and trying: what is counted now stays. False when the client has not begun, or has ended. */
  suspend(): boolean {
    if (this.status === 'closed' || !this.#isPrepared) return false;
    this.#isSuspended = true;
    this.#drop();
    if (this.status === 'connected') this.#enter('reconnecting');
    return true;
  }

  /** Goes on after a stop. */
  async resume(): Promise<void> {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    const turn = this.#turn;
    await this.#prepare(true);
    if (turn === this.#turn && this.status !== 'closed') void this.#dial();
  }

  /** Ends; the server keeps the starling. */
  disconnect(reason: string): void {
    // A close without code is no goodbye.
    this.#sendAck();
    this.#end(1005, reason);
  }

  /** Leaves for good, once the server has all (docs/protocol.md section 7, "Goodbye"). Completes when the client has ended. */
  async leave(reason: string): Promise<void> {
    if (this.status === 'closed') return;
    const ended = new Promise<void>((resolve) => this.#ended.push(resolve));
    if (!this.#isLeaving) {
      this.#isLeaving = true;
      this.#leaveReason = reason;
      this.#backoff.reset();
      if (!this.#hasBegun) this.#end(1000, reason);
      else {
        this.#ended.push(this.#clock.after(this.#patience, () => this.#end(LOST, 'the server did not answer')));
        if (this.#isLinked) this.#goodbye(true);
        else if (this.#isSuspended) void this.resume();
        else this.check();
      }
    }
    await ended;
  }

  async #begin(): Promise<void> {
    this.#enter('connecting');
    await this.#prepare(false);
    this.#isPrepared = true;
    if ((this.status as Status) !== 'closed') void this.#dial();
  }

  async #dial(): Promise<void> {
    this.#drop();
    const turn = this.#turn;
    const isGivenUp = (): boolean => turn !== this.#turn;
    try {
      const ticket = await this.tickets.get();
      if (!isGivenUp()) this.#connect(isGivenUp, ticket);
    } catch (error) {
      if (!isGivenUp()) this.#fail(isError(error) ? error.details : failure(messageOf(error)), error);
    }
  }

  #connect(isGivenUp: () => boolean, ticket: string | undefined): void {
    const { epoch, received } = this.outbox;
    const resume = { resume: 1, instance: this.instance, attempt: ++this.attempt, ...(epoch && { epoch, received }) };
    const { socket, asked } = dial(this.url, this.options, this.token, ticket, resume);
    this.#socket = socket;
    let isOpen = false;
    socket.onopen = () => (isOpen = true);
    socket.onerror = nothing;
    socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => this.#welcome(data);
    socket.onclose = async ({ code, reason }: { code: number; reason: string }) => {
      // A browser does not say why an upgrade failed.
      const cause = isOpen ? failureOf(code, reason) : ((await askWhy(asked)) ?? failure('the server cannot be reached'));
      // Somebody else's text may repeat the secret.
      if (ticket) cause.reason = cause.reason.replaceAll(ticket, '***');
      if (!isGivenUp()) this.#fail(cause);
    };
    this.#timeout = this.#clock.after(this.#patience, () =>
      this.#fail(failure(`no ${isOpen ? 'welcome' : 'answer'} within ${this.#patience / 1000} s`)),
    );
  }

  // The first frame of a connection, which does not count. Nothing is sent before it.
  #welcome(frame: string | ArrayBuffer): void {
    const { topic, data } = welcomeOf(frame);
    if (!data) return this.#fail(failure('the first message was no welcome'));
    const { outbox } = this;
    const result = outbox.welcome(data.epoch, data.received);
    if (!result) {
      outbox.epoch = undefined;
      return this.#fail(failure('the welcome does not fit what was sent'));
    }
    const socket = this.#socket;
    socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => this.#receive(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.#lose(code, reason);
    this.#since = this.#clock.now();
    this.#acknowledged = outbox.acknowledged;
    this.#hasBegun = true;
    this.#isFromStore = false;
    this.tickets.refusal = this.#failure = undefined;
    this.starlingId = data.starlingId;
    if (data.token) this.keepToken(data.token);
    this.#timeout?.();
    this.#liveness.begin(data.keepAlive);
    this.tickets.begin(data.ticketExpiresIn);
    this.#enter('connected');
    // Nothing is handed over before those are told who have lost what was.
    outbox.begin(data.limits ?? {}, !result.continues);
    this.events.welcome(data, topic!.endsWith('recovered'), result.continues, result.lost);
    this.#opened();
    // A listener may have ended it.
    if (socket !== this.#socket) return;
    this.#isLinked = true;
    outbox.pump();
    this.#goodbye(true);
  }

  #receive(data: string | ArrayBuffer): void {
    const now = this.#liveness.hear();
    if (typeof data !== 'string') {
      this.#count(now, data.byteLength);
      return this.events.binary(data);
    }
    const incoming = read(data);
    const size = sizeOf(data);
    const { type, peer, received, messageId, requestId, notification } = (incoming as { message?: any }).message ?? {};
    if (type !== 'ack' && type !== 'ping') {
      const missed = notification?.topic === 'connection:missed' && !requestId ? notification.data?.missed : 1;
      this.#count(now, size, missed > 0 && Number.isSafeInteger(missed) ? missed : 1);
    } else if (incoming.status === 'message' && !peer) {
      if (type === 'ping') this.#write(write('ack', { messageId: messageId ?? uuid() }));
      else if (received == null || this.outbox.acknowledge(received)) this.#goodbye();
      else
        this.events.message(
          {
            ...incoming,
            status: 'invalid',
            code: 'PROTOCOL_VIOLATION',
            details: { violations: [`received: ${received} is more than was sent`] },
          },
          0,
        );
      return;
    }
    this.events.message(incoming, size);
  }

  #count(now: number, bytes: number, messages?: number): void {
    const { outbox } = this;
    if (!outbox.owed) this.#owedSince = now;
    outbox.count(bytes, messages);
    // A hidden page's timers are late.
    if (outbox.isAckDue || now - this.#owedSince >= ACK_WITHIN) this.#sendAck();
    else this.#ack ??= this.#clock.after(ACK_WITHIN, () => this.#sendAck());
  }

  #sendAck(): void {
    this.#ack?.();
    this.#ack = undefined;
    if (this.#isLinked && this.outbox.owed) this.#writeAck();
  }

  #writeAck(): void {
    this.#write(write('ack', { messageId: uuid(), received: this.outbox.takeAck() }));
  }

  #write(data: string | Uint8Array): void {
    // It was handed over even if that fails (rule 2); the end of the connection comes as an event.
    quietly(() => this.#socket.send(data));
  }

  // Once all that was sent is acknowledged, the last ack and the goodbye go in one.
  #goodbye(asks = false): void {
    if (!this.#isLeaving || !this.#isLinked) return;
    if (this.outbox.kept.length) {
      if (asks) this.#liveness.ask();
      return;
    }
    const socket = this.#socket;
    this.#writeAck();
    this.#isLinked = false;
    this.#hasSaidGoodbye = true;
    socket.onmessage = nothing;
    // The reason may be one that no close frame can hold.
    if (!quietly(() => socket.close(1000, this.#leaveReason))) socket.close(1000);
  }

  // The connection has ended, or is given up, after its welcome.
  #lose(code: number, reason: string): void {
    if (this.#clock.now() - this.#since >= GOOD_AFTER || this.outbox.acknowledged > this.#acknowledged) this.#backoff.reset();
    this.#drop();
    const isConfirmed = this.#hasSaidGoodbye && code === 1000;
    if (isConfirmed || isFinal(code)) return this.#end(code, reason, isConfirmed);
    this.#enter('reconnecting');
    this.events.lost(code, reason);
    // Its listeners may have ended the client.
    if ((this.status as Status) !== 'closed') this.#comeBack(code === LOST ? undefined : failureOf(code, reason));
  }

  // A try has failed.
  #fail(cause: ConnectionFailure, error?: unknown): void {
    const { closeCode, refused, reason } = cause;
    const isRefusedAgain = !!this.tickets.refusal;
    this.#failure = cause;
    if (refused) this.tickets.refusal = cause;
    if (closeCode === 4002 && this.#hasSaidGoodbye) return this.#end(1000, '', true);
    if (closeCode === 4002 && this.#isFromStore) {
      this.outbox.epoch = undefined;
      this.adopt(undefined);
      return void this.#dial();
    }
    if (!isFinal(closeCode) && (this.#hasBegun || this.options.keepTrying)) return this.#comeBack(cause);
    // The application may have kept a ticket for too long: it is asked once more.
    if (cause.status === 401 && this.tickets.areProvided && !isRefusedAgain) void this.#dial();
    else this.#end(closeCode ?? LOST, reason, false, isError(error) ? error : rejected(cause, error));
  }

  #comeBack(cause: ConnectionFailure | undefined): void {
    this.#drop();
    this.#failure = cause;
    if (cause?.refused) this.tickets.refusal = cause;
    if (cause?.retryAfter) this.#backoff.waitAtLeast(cause.retryAfter);
    if (cause?.closeCode === 4029) this.#backoff.slowDown();
    if (cause?.closeCode === 4001) this.token = undefined;
    const stop = (): void => this.#end(cause?.closeCode ?? LOST, cause?.reason ?? '', false, cause && rejected(cause));
    if (this.#backoff.isSpent) return stop();
    const delay = this.#backoff.next();
    this.#retry = this.#clock.after(delay, () => void this.#dial());
    this.events.reconnecting(this.#backoff.tries, delay, cause, stop);
  }

  // Gives up the socket, a try and all timers: what still comes of them is ignored.
  #drop(): void {
    this.#turn++;
    for (const cancel of [this.#retry, this.#ack, this.#timeout]) cancel?.();
    this.#retry = this.#ack = this.#timeout = undefined;
    this.#isLinked = false;
    this.#liveness.stop();
    this.tickets.stop();
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = nothing;
    quietly(() => socket.close());
  }

  #end(code: number, reason: string, confirmed = false, error?: unknown): void {
    if (this.status === 'closed') return;
    this.#drop();
    const isOver = confirmed || isFinal(code);
    if (isOver) this.token = undefined;
    this.options.persist?.end(isOver);
    const unconfirmed = this.outbox.clear();
    this.#enter('closed');
    this.#opening?.catch(nothing);
    this.#failed(error ?? closed());
    this.events.ended({ code, reason, confirmed, failure: this.#failure }, confirmed ? [] : unconfirmed);
    for (const done of this.#ended.splice(0)) done();
  }

  #enter(status: Status): void {
    if (this.status === status) return;
    this.status = status;
    this.events.status();
  }
}
