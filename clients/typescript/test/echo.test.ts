// Against a real server: samples/Echo at HELIOS_URL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { connect, HeliosClient, HeliosError, type HeliosOptions } from '../src/index.js';
import { persistIn } from '../src/persist.js';

const URL_OF_SERVER = process.env['HELIOS_URL'] ?? '';
const skip = URL_OF_SERVER ? false : 'HELIOS_URL is not set: no server to talk to';
const classes: [string, any][] = [['ws', Ws], ...(globalThis.WebSocket ? [['WebSocket', undefined] as [string, any]] : [])];
const open = (options: HeliosOptions = {}, url = URL_OF_SERVER): Promise<HeliosClient> =>
  connect(url, { WebSocket: Ws as any, ...options });

for (const [name, WebSocket] of classes) {
  test(`Echo with ${name}: requests, progress, failures, topics, other frames, both directions`, { skip }, async () => {
    const helios = await open({ WebSocket });
    helios.method('ui:double', (payload) => payload * 2);
    const heard: unknown[] = [];
    helios.on('news:*', (data, topic) => heard.push([topic, data]));
    helios.onText((text) => heard.push(text));
    helios.onJson((value) => heard.push(value));
    const bytes = new Promise<number[]>((resolve) => helios.onBinary((data) => resolve([...data])));
    assert.deepEqual(await helios.request('echo:echo', { text: 'café 👋' }), { text: 'café 👋' });
    const steps: number[] = [];
    await helios.request('echo:progress', { steps: 3 }, { onProgress: ({ step }) => steps.push(step) });
    assert.deepEqual(steps, [1, 2, 3]);
    await assert.rejects(
      helios.request('echo:fail', { code: 'OWN', message: 'No.', details: { a: 1 } }),
      (error: HeliosError) => error.code === 'OWN' && error.details.a === 1,
    );
    await assert.rejects(helios.request('echo:none'), { code: 'METHOD_NOT_FOUND' });
    assert.equal(await helios.request('echo:call', { method: 'ui:double', payload: 21 }), 42);
    await helios.request('echo:join', { group: name });
    assert.deepEqual(await helios.request('echo:group', { group: name, topic: 'news:today', data: 1 }), { delivered: 1 });
    helios.sendText('plain text');
    helios.sendJson({ mine: true });
    helios.sendBinary(new Uint8Array([0, 255]));
    assert.deepEqual(await bytes, [0, 255]);
    assert.deepEqual(heard, [['news:today', 1], 'plain text', { mine: true }]);
    const slow = helios.request('echo:slow', { ms: 60_000 }, { timeout: 50 });
    await assert.rejects(slow, { code: 'REQUEST_TIMEOUT' });
    let ending: any;
    helios.events.on('closed', (event) => (ending = event));
    await helios.close('bye');
    assert.equal(ending.confirmed, true);
  });
}

test('Echo and a page that is reloaded: the next one goes on in the same epoch, and finds its request again', { skip }, async () => {
  const globals = globalThis as any;
  const store = new Map<string, string>();
  const storage = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
    removeItem: (key: string) => void store.delete(key),
  };
  const page = new EventTarget();
  globals.addEventListener = page.addEventListener.bind(page);
  globals.removeEventListener = page.removeEventListener.bind(page);
  try {
    const first = await open({ persist: persistIn(storage) });
    void first.request('echo:slow', { ms: 1_500 }, { key: 'slow', timeout: Infinity });
    await first.request('echo:echo', {});
    first.sendText('on its way');
    page.dispatchEvent(new Event('pagehide'));
    const heard: string[] = [];
    let continued: boolean | undefined;
    const setup = (helios: HeliosClient): void => {
      helios.onText((text) => heard.push(text));
      helios.events.on('recovered', (event) => (continued = event.continued));
    };
    const second = await open({ persist: persistIn(storage), setup });
    assert.equal(second.starlingId, first.starlingId);
    assert.equal(continued, true);
    assert.deepEqual(await second.reattach('slow'), { ms: 1_500 });
    assert.deepEqual(heard, ['on its way']);
    await second.close();
    assert.equal(store.size, 0);
  } finally {
    delete globals.addEventListener;
    delete globals.removeEventListener;
  }
});

test('Nobody listens: the first connection fails with a reason', { skip }, async () => {
  await assert.rejects(open({}, 'ws://127.0.0.1:1/helios'), { code: 'CONNECTION_REJECTED' });
});

test('A path that is not mapped: the refusal is told with its status', { skip }, async () => {
  const url = new URL(URL_OF_SERVER);
  url.pathname = '/nowhere';
  await assert.rejects(open({}, url.href), (error: HeliosError) => error.details.status === 404);
});
