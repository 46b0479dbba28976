// A page of a browser, its store and its locks.
import type { HeliosOptions } from '../../src/options.js';
import { persistIn, type KeyValueStore } from '../../src/persist.js';
import { FakeClock, settle, world, type FakeServer, type World } from './world.js';

/** The globals of a page, new for each test. */
export class Page extends EventTarget {
  readonly document = new EventTarget() as EventTarget & { visibilityState: string };
  listeners = 0;

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners++;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners--;
    super.removeEventListener(...args);
  }
}

/** What `sessionStorage` is. */
export class Store implements KeyValueStore {
  readonly all = new Map<string, string>();
  getItem = (key: string): string | null => this.all.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.all.set(key, value);
  removeItem = (key: string): void => void this.all.delete(key);

  /** As `window.open` and "Duplicate tab" do. */
  copy(): Store {
    const copy = new Store();
    for (const [key, value] of this.all) copy.all.set(key, value);
    return copy;
  }

  get entry(): any {
    return JSON.parse(this.all.get('helios-starling') ?? 'null');
  }
}

/** What `navigator.locks` does; one that is held is not given within the patience of the client. */
export class Locks {
  readonly held = new Set<string>();

  request = (async (name: string, _options: unknown, callback: () => Promise<void>) => {
    if (this.held.has(name)) throw new DOMException('late', 'TimeoutError');
    this.held.add(name);
    await callback();
    this.held.delete(name);
  }) as unknown as LockManager['request'];
}

/** The page that the tests are in now. */
export let page: Page;
const globals = globalThis as any;
export const fire = async (type: string, target: EventTarget = page): Promise<void> => {
  target.dispatchEvent(new Event(type));
  await settle(30);
};

/** Another page is opened, or seen again. */
export function newPage(next = new Page()): void {
  page = next;
  globals.addEventListener = page.addEventListener.bind(page);
  globals.removeEventListener = page.removeEventListener.bind(page);
  globals.document = page.document;
}

/** There is no page any more. */
export function removePage(): void {
  delete globals.addEventListener;
  delete globals.removeEventListener;
  delete globals.document;
}

/** Opens a page with a client. */
export async function open(
  store: KeyValueStore | (() => KeyValueStore),
  locks: Locks,
  server: FakeServer,
  options: HeliosOptions = {},
): Promise<World> {
  const all = world({ persist: persistIn(store, { locks }), ...options }, server, new FakeClock());
  await all.helios.connect();
  await settle();
  return all;
}

/** The page goes, and its memory with it. */
export async function leave(_: World): Promise<void> {
  await fire('pagehide');
  newPage();
}
