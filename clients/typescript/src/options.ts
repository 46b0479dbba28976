import type { AnyApi, ApiShape } from './api.js';
import type { HeliosClient, Parts } from './client.js';
import type { Clock } from './clock.js';
import type { GetToken } from './tickets.js';

/** Where the client writes what its developer should know. Never payloads, tokens or tickets. */
export interface Logger {
  debug?(message: string, ...more: unknown[]): void;
  warn(message: string, ...more: unknown[]): void;
  error(message: string, ...more: unknown[]): void;
}

/** A WebSocket class, as browsers have it: the global one, or that of the package `ws`. */
export type WebSocketClass = new (url: string, protocols: string[]) => any;

/** Keeps a client beyond the life of its page: `persistIn` of `helios-starling/persist` makes one. Nothing of it throws. */
export interface Persistence {
  /** Takes what the page before has left; or, coming back, what this one or its successor has. */
  restore(parts: Parts, isBack: boolean): unknown;
  /** The newest recovery token: even a page that crashes leaves it. */
  keepToken(token: string): void;
  /** The page goes, or is frozen. */
  save(parts: Parts, isLeaving: boolean): void;
  /** The client has ended; for good, if its starling has. */
  end(isForGood: boolean): void;
}

/** How a client runs. Times are in milliseconds. */
export interface HeliosOptions<Api extends ApiShape = AnyApi> {
  /**
   * Gives the ticket that says who connects, such as a JWT. Asked before each connection, and in good time before a ticket ends. Sent as
   * `access_token` in the query. Default none.
   */
  getToken?: GetToken;
  /** A recovery token of an earlier client (`helios.token`), as whose starling to come back. Default none: a new starling. */
  token?: string;
  /** How long a request waits for its answer, and how long a method of this client may run. `Infinity` is without limit. Default 30,000. */
  requestTimeout?: number;
  /** How long connecting may take, and how long `close()` waits for the server. Default 10,000. */
  connectTimeout?: number;
  /**
   * When to come back: the longest wait before the first try, which doubles; the longest of all; how often. `false` never comes back.
   * Default 100, 30,000, without limit.
   */
  reconnect?: false | { delay?: number; maxDelay?: number; attempts?: number };
  /** Whether the first connection is tried again like later ones, instead of failing. Default false. */
  keepTrying?: boolean;
  /**
   * The most messages that are kept until the server has them, those written offline included. Beyond, `REQUEST_QUEUE_FULL`.
   * Default 1,000.
   */
  maxQueued?: number;
  /** The most bytes that are kept until the server has them; as many of streamed items may wait to be read. Default 64 MiB. */
  maxQueuedBytes?: number;
  /** The largest message that the server may send, in bytes. At least 65,536. Default 16 MiB. */
  maxMessageSize?: number;
  /** Goes on after a reload: `persistIn(sessionStorage)` of `helios-starling/persist`. Default none. */
  persist?: Persistence;
  /** Registers methods and handlers before the first message can come. Default none. */
  setup?: (helios: HeliosClient<Api>) => unknown;
  /** The WebSocket class where there is no global one: `ws` in Node 20. */
  WebSocket?: WebSocketClass;
  /** W3C trace context for the metadata of a request, from your tracer. Default none. */
  trace?: (method: string) => { traceparent: string; tracestate?: string } | undefined;
  /** Default: warnings and errors go to the console. `null` writes nothing. */
  logger?: Logger | null;
  /** Whether answers to failed requests of the server carry the error's text. Default false. */
  debug?: boolean;
  /** Gives up the first connection. Default none. */
  signal?: AbortSignal;
  /** The clock, for tests. */
  clock?: Clock;
}
