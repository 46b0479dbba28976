import { HeliosClient, type HeliosEvents } from '../../src/client.js';
import type { HeliosOptions } from '../../src/options.js';
import { FakeClock, settle } from './clock.js';
import { FakeServer } from './server.js';

// Nobody answers at the address of a server that is none.
globalThis.fetch = () => Promise.reject(new TypeError('failed'));

/** A client, a server and a clock that nothing moves but the test. */
export interface World {
  server: FakeServer;
  clock: FakeClock;
  helios: HeliosClient;
  /** What was told, in order. */
  told: { name: keyof HeliosEvents; event: any }[];
  /** What was reported of functions of the application. */
  logged: unknown[][];
}

const NAMES: (keyof HeliosEvents)[] = [
  'connected',
  'disconnected',
  'reconnecting',
  'recovered',
  'missed',
  'unconfirmed',
  'renewalFailed',
  'error',
  'closed',
  'status',
];

export function world(options: HeliosOptions = {}, server = new FakeServer(), clock = new FakeClock(), url = 'ws://server/helios'): World {
  const logged: unknown[][] = [];
  const logger = { warn: (...args: unknown[]) => void logged.push(args), error: (...args: unknown[]) => void logged.push(args) };
  const helios = new HeliosClient(url, { WebSocket: server.WebSocket, clock, logger, ...options });
  const told: World['told'] = [];
  for (const name of NAMES) helios.events.on(name, (event) => void told.push({ name, event }));
  return { server, clock, helios, told, logged };
}

export async function connected(options: HeliosOptions = {}, server?: FakeServer, clock?: FakeClock): Promise<World> {
  const all = world(options, server, clock);
  await all.helios.connect();
  await settle();
  return all;
}

/** How a promise has ended. */
export async function outcome(promise: PromiseLike<unknown>): Promise<any> {
  return promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
}

export { FakeClock, FakeServer, settle };
