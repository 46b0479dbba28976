import type { HeliosOptions } from './options.js';

// A server that asks for more is asked again after this all the same.
const LONGEST_ASKED_FOR = 3_600_000;

/**
 * How long to wait between tries: up to twice as long each time, anywhere in between, so that clients that were cut together do not
 * come back together.
 */
export class Backoff {
  tries = 0;
  #atLeast = 0;
  readonly #first: number;
  readonly #longest: number;
  readonly #most: number;

  constructor(reconnect: HeliosOptions['reconnect'] = {}) {
    const { delay = 100, maxDelay = 30_000, attempts = reconnect ? Infinity : 0 } = reconnect || {};
    this.#first = delay;
    this.#longest = maxDelay;
    this.#most = attempts;
  }

  /** Whether there were as many tries as may be. */
  get isSpent(): boolean {
    return this.tries >= this.#most;
  }

  next(): number {
    const delay = this.#atLeast + Math.random() * Math.min(this.#longest, this.#first * 2 ** this.tries++);
    this.#atLeast = 0;
    return delay;
  }

  /** The server wants the next try not before this time is over. */
  waitAtLeast(milliseconds: number): void {
    this.#atLeast = Math.min(milliseconds, LONGEST_ASKED_FOR);
  }

  /** The server has closed the connection of a client that sends too much: the next try waits as long as any. */
  slowDown(): void {
    this.#atLeast = this.#longest;
  }

  reset(): void {
    this.tries = this.#atLeast = 0;
  }
}
