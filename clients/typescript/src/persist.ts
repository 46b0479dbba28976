import type { Parts } from './client.js';
import type { Frame } from './ledger.js';
import type { Persistence } from './options.js';
import type { Call } from './requests.js';

/** The part of `Storage` that is used. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** How a client is kept. */
export interface PersistOptions {
  /** The key in the store: one for each client of a page. Default `helios-starling`. */
  key?: string;
  /** Where pages agree on who is whose. Default `navigator.locks`, and a `BroadcastChannel` where there are none. */
  locks?: Pick<LockManager, 'request'> | undefined;
}

interface StoredFrame {
  text?: string;
  bytes?: string;
  size: number;
  id?: string | undefined;
  isSent?: boolean | undefined;
}

interface StoredRequest {
  id: string;
  key: string;
  method: string;
  payload?: unknown;
  metadata?: Record<string, unknown> | undefined;
  retry?: boolean | undefined;
  timeout: number | null;
  items: { value: unknown; size: number }[];
  progress: unknown[];
  isAnswered?: boolean | undefined;
}

/** What a page that goes leaves of its conversation (docs/protocol.md section 7, rule 5). */
interface StoredState {
  stamp: string;
  instance: string;
  attempt: number;
  epoch: string | undefined;
  received: number;
  acknowledged: number;
  sent: number;
  kept: StoredFrame[];
  waiting: StoredFrame[];
  open: string[];
  requests: StoredRequest[];
  running: string[];
}

/** What is in the store: the token always, the state only between two pages. */
interface Entry {
  /** Names the lock that the page holds whose entry this is. */
  owner: string;
  token: string;
  state?: StoredState;
}

// A page that goes has let go of its lock long before; a page that stays does not.
const LOCK_PATIENCE = 500;
const CHANNEL_PATIENCE = 200;
const nothing = (): void => {};

/**
 * Keeps a client beyond the life of its page: a reloaded page goes on where the old one stopped. Give it `() => sessionStorage`, which
 * belongs to one tab. A copied tab becomes a starling of its own. A store that throws, as in some private windows, is as good as none.
 */
export function persistIn(store: KeyValueStore | (() => KeyValueStore), options: PersistOptions = {}): Persistence {
  const key = options.key ?? 'helios-starling';
  let owner = '';
  let token = '';
  let stamp = '';
  let release: (() => void) | undefined;
  let isWritten = false;
  // What was saved: in memory it is old when another page has gone on.
  let saved = new Set<Frame>();

  const guarded = <T>(use: (store: KeyValueStore) => T): T | undefined => {
    try {
      return use(typeof store === 'function' ? store() : store);
    } catch {
      return undefined;
    }
  };
  const write = (state?: StoredState): boolean =>
    guarded((store) => {
      store.setItem(key, JSON.stringify({ owner, token, ...(state && { state }) } satisfies Entry));
      return (isWritten = true);
    }) ?? false;
  const read = (): Entry | undefined =>
    guarded((store) => {
      const entry = JSON.parse(store.getItem(key) ?? 'null') as Partial<Entry> | null;
      return typeof entry?.owner === 'string' && typeof entry.token === 'string' ? (entry as Entry) : undefined;
    });

  return {
    async restore(parts, isBack) {
      const entry = read();
      // Still held after a freeze.
      const isMine = !!entry && !!release && entry.owner === owner;
      const lock = isMine ? release : entry && (await take(entry.owner, options));
      if (!entry || !lock) {
        // Another page lives on with what the store says, or nothing is there to go on with.
        owner = name();
        release?.();
        release = await take(owner, options);
        isWritten = false;
        if (isBack) begin(parts, undefined, saved);
        return;
      }
      release = lock;
      ({ owner, token } = entry);
      const known = token || undefined;
      const { state } = entry;
      isWritten = isBack && isWritten;
      if (state) guarded((store) => store.setItem(key, JSON.stringify({ owner, token } satisfies Entry)));
      if (isBack && state?.stamp === stamp) return;
      if (state) load(parts, known, state, isBack ? saved : new Set());
      else begin(parts, known, isBack ? saved : new Set());
    },
    keepToken(fresh) {
      token = fresh;
      write();
    },
    save(parts, isLeaving) {
      if (!owner) return;
      stamp = name();
      saved = new Set([...parts.outbox.kept, ...parts.outbox.waiting]);
      // A store that is too small for it keeps the token: the next page goes on as one after a crash.
      if (!write(stateOf(parts, stamp))) write();
      if (!isLeaving) return;
      release?.();
      release = undefined;
    },
    end(isForGood) {
      if (isForGood && isWritten) guarded((store) => store.removeItem(key));
      release?.();
      release = undefined;
    },
  };
}

function stateOf({ connection, outbox, requests, methods, clock }: Parts, stamp: string): StoredState {
  return {
    stamp,
    instance: connection.instance,
    attempt: connection.attempt,
    epoch: outbox.epoch,
    received: outbox.received,
    acknowledged: outbox.acknowledged,
    sent: outbox.sent,
    kept: outbox.kept.map(pack),
    waiting: outbox.waiting.map(pack),
    open: [...outbox.open.keys()],
    requests: [...requests.keyed.values()].map(
      ({ id, method, payload, options: { key, metadata, retry }, end, items, early, isAnswered }) => ({
        id,
        key: key!,
        method,
        timeout: end - clock.now(),
        items: items.kept,
        progress: early ?? [],
        isAnswered,
        ...(retry && { retry, payload, metadata }),
      }),
    ),
    running: [...methods.running.values()].map(({ requestId }) => requestId),
  };
}

/** Goes on as another life: nobody is sure what was counted. */
function begin({ connection, outbox, requests }: Parts, token: string | undefined, old: Set<Frame>): void {
  connection.adopt(token);
  outbox.epoch = undefined;
  if (!old.size) return;
  // What was unsent may have been sent by another page since.
  drop(outbox, old);
  for (const call of [...requests.open.values()]) if (old.has(call.frame!) || call.frame!.isSent) requests.lost(call);
}

/** Goes on as the life that another page has left. */
function load(parts: Parts, token: string | undefined, state: StoredState, old: Set<Frame>): void {
  const { connection, outbox, requests, methods } = parts;
  connection.adopt(token, state.instance, state.attempt);
  const own = drop(outbox, old);
  const [kept, waiting] = [state.kept.map(unpack), [...state.waiting.map(unpack), ...own]];
  const frames = new Map([...kept, ...waiting].map((frame) => [frame.id, frame]));
  Object.assign(outbox, {
    epoch: state.epoch,
    received: state.received,
    acknowledged: state.acknowledged,
    sent: state.sent,
    kept,
    waiting,
    bytes: total(kept),
    waitingBytes: total(waiting),
  });
  const frameOf = (id: string): Frame => frames.get(id) ?? { data: '', size: 0, id, isSent: true };
  for (const id of state.open) outbox.open.set(id, frameOf(id));
  const left = new Map(state.requests.map((request) => [request.id, request]));
  for (const call of [...requests.open.values()]) {
    const request = left.get(call.id);
    if (request) call.items.kept = request.items;
    else if (old.has(call.frame!) || call.frame!.isSent) requests.lost(call);
  }
  for (const request of state.requests) if (!requests.open.has(request.id)) revive(parts, request, frameOf(request.id));
  // Nobody runs them any more.
  for (const requestId of state.running) {
    if (!methods.running.has(requestId.toLowerCase()))
      methods.refuse({ type: 'request', requestId }, 'METHOD_ERROR', 'The page that ran the method has gone');
  }
}

function revive(
  { requests }: Parts,
  { id, key, method, payload, metadata, retry, timeout, items, progress, isAnswered }: StoredRequest,
  frame: Frame,
): void {
  const call: Call = requests.make(method, payload, { key, metadata, retry } as object, timeout ?? Infinity, id);
  // Nobody may ask for it.
  call.promise.catch(nothing);
  call.early = progress;
  call.frame = frame;
  for (const { value, size } of items) call.items.push(value, size);
  if (!isAnswered) requests.open.set(id, call);
  else {
    call.isAnswered = true;
    call.release();
    call.items.end();
    call.resolve(undefined);
  }
}

/** Takes what was saved out of the memory. Returns what the page has queued since. */
function drop(outbox: Parts['outbox'], old: Set<Frame>): Frame[] {
  const own = [...outbox.kept, ...outbox.waiting].filter((frame) => !old.has(frame));
  Object.assign(outbox, { kept: [], waiting: own, sent: 0, bytes: 0, waitingBytes: total(own) });
  outbox.open.clear();
  return own;
}

const total = (frames: Frame[]): number => frames.reduce((sum, { size }) => sum + size, 0);

const name = (): string => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36)).join('');

const pack = ({ data, ...rest }: Frame): StoredFrame =>
  typeof data === 'string'
    ? { ...rest, text: data }
    : { ...rest, bytes: btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join('')) };

const unpack = ({ text, bytes, ...rest }: StoredFrame): Frame =>
  ({ ...rest, data: text ?? Uint8Array.from(atob(bytes!), (character) => character.charCodeAt(0)) }) as Frame;

/** Takes the lock of an entry's owner, for as long as the page lives. Undefined when another page holds it. */
function take(owner: string, options: PersistOptions): Promise<(() => void) | undefined> {
  const locks = 'locks' in options ? options.locks : globalThis.navigator?.locks;
  if (!locks) return takeChannel(owner);
  return new Promise((resolve) => {
    locks
      .request(
        `helios:${owner}`,
        { signal: AbortSignal.timeout(LOCK_PATIENCE) },
        () => new Promise<void>((release) => resolve(() => release())),
      )
      .catch(() => resolve(undefined));
  });
}

// Where there are no locks, the page that lives as this owner says so.
async function takeChannel(owner: string): Promise<(() => void) | undefined> {
  if (typeof BroadcastChannel === 'undefined') return nothing;
  const channel = new BroadcastChannel(`helios:${owner}`);
  const isTaken = await new Promise<boolean>((resolve) => {
    channel.onmessage = ({ data }) => data === 'here' && resolve(true);
    channel.postMessage('anybody?');
    setTimeout(() => resolve(false), CHANNEL_PATIENCE);
  });
  channel.onmessage = ({ data }) => data === 'anybody?' && channel.postMessage('here');
  if (isTaken) channel.close();
  return isTaken ? undefined : () => channel.close();
}
