import type { Clock } from './clock.js';
import { failure, isError, messageOf, rejected, type ConnectionFailure } from './errors.js';

/** Why a client asks for a ticket. */
export interface TokenRequest {
  /** Why the server refused the last try; `undefined` when it did not. */
  refusal?: ConnectionFailure;
  /** Whether the ticket takes the place of one that ends soon, on the connection that there is. */
  renewal: boolean;
  /** Whether a ticket that you have kept will not do: the last one was refused, or ends soon. */
  fresh: boolean;
}

export type GetToken = (request: TokenRequest) => string | null | undefined | Promise<string | null | undefined>;

// Longer than any header that web servers take; a ticket is visible ASCII.
const SENDABLE = /^[!-+\--~]{1,16384}$/;
// Far enough from the end for another try, and not often.
const PART = 2 / 3;
const SHORTEST = 1_000;

/** Asks the application for tickets, and renews the one of a connection in good time. A ticket is a secret: no message repeats it. */
export class Tickets {
  refusal: ConnectionFailure | undefined;
  #stop: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly getToken: GetToken | undefined,
    private readonly renew: (ticket: string) => Promise<{ ticketExpiresIn?: number }>,
    private readonly onFailed: (error: unknown) => void,
  ) {}

  get areProvided(): boolean {
    return !!this.getToken;
  }

  /** A ticket of the application; undefined when it has none. Fails with CONNECTION_REJECTED. */
  async get(renewal = false): Promise<string | undefined> {
    if (!this.getToken) return undefined;
    let ticket: string | undefined;
    try {
      // A line break behind it, as in many a file, is no part of it.
      ticket = (await this.getToken({ refusal: this.refusal, renewal, fresh: renewal || !!this.refusal }))?.trim();
    } catch (error) {
      throw rejected(failure(`getToken failed: ${messageOf(error)}`), error);
    }
    if (ticket && !SENDABLE.test(ticket))
      throw rejected(failure('getToken returned a ticket that is no visible ASCII, or longer than 16,384 characters'));
    return ticket || undefined;
  }

  /** A connection has begun, whose ticket ends in so many seconds; undefined when it does not end. */
  begin(expiresIn: number | undefined): void {
    this.stop();
    if (typeof expiresIn === 'number' && this.getToken) this.#wait(this.clock.now() + expiresIn * 1000, true);
  }

  /** The connection has ended. */
  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #wait(end: number, isFirst: boolean): void {
    const left = end - this.clock.now();
    // The server closes the connection, and the next one asks for a ticket of its own.
    if (left < SHORTEST) return;
    const cancel = this.clock.after(Math.max(SHORTEST, left * PART), () => void this.#renew(end, isFirst, stop));
    const stop = (this.#stop = () => cancel());
  }

  async #renew(end: number, tells: boolean, own: () => void): Promise<void> {
    // Throttled, or longer than a timer takes: not yet.
    const isStopped = (): boolean => this.#stop !== own;
    try {
      const ticket = await this.get(true);
      if (isStopped()) return;
      if (!ticket) throw rejected(failure('getToken returned no ticket'));
      const { ticketExpiresIn } = (await this.renew(ticket)) ?? {};
      if (!isStopped()) this.begin(ticketExpiresIn);
    } catch (error) {
      if (isStopped()) return;
      if (tells) this.onFailed(isError(error) ? error : rejected(failure(messageOf(error)), error));
      this.#wait(end, false);
    }
  }
}
