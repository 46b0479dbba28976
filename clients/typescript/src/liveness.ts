import type { Clock } from './clock.js';

// How long a ping may stay unanswered.
const PATIENCE = 10_000;
const KEEP_ALIVE = 15_000;

/** Whether the server is still there. A page does not see the server's pings: after a silence it asks. */
export class Liveness {
  #cancel: (() => void) | undefined;
  #heard = 0;
  #keepAlive = KEEP_ALIVE;
  #isPinged = false;

  constructor(
    private readonly clock: Clock,
    private readonly ping: () => void,
    private readonly onDead: () => void,
  ) {}

  /** A connection has begun, of a server that pings so often. */
  begin(keepAlive: number | undefined): void {
    this.#keepAlive = keepAlive || KEEP_ALIVE;
    this.hear();
    this.#wait();
  }

  /** Something has come. Returns when. */
  hear(): number {
    this.#isPinged = false;
    return (this.#heard = this.clock.now());
  }

  /** Asks now. */
  ask(patience = PATIENCE): void {
    if (this.#isPinged) return;
    this.#isPinged = true;
    this.#after(patience, () => (this.#isPinged ? this.onDead() : this.#wait()));
    this.ping();
  }

  stop(): void {
    this.#cancel?.();
    this.#isPinged = false;
  }

  #wait(): void {
    const left = this.#heard + this.#keepAlive - this.clock.now();
    if (left > 0) this.#after(left, () => this.#wait());
    else this.ask();
  }

  #after(milliseconds: number, callback: () => void): void {
    this.#cancel?.();
    this.#cancel = this.clock.after(milliseconds, callback);
  }
}
