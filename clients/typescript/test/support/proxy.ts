// A line between client and server that breaks, delays and splits. One seed makes one course of faults.
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Line {
  url: string;
  readonly faults: number;
  /** Breaks all connections now. */
  cut(): void;
  /** From now on everything passes. */
  heal(): void;
  close(): Promise<void>;
}

/** Random numbers below 1, always the same for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param seed Breaks each connection after some bytes; without one, only when told. */
export async function openLine(server: string, seed?: number): Promise<Line> {
  const target = new URL(server);
  const random = randomOf(seed ?? 0);
  const pairs = new Set<[Socket, Socket]>();
  let faults = 0;
  let isWell = seed === undefined;

  const listener = createServer((near) => {
    const far = createConnection(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    // Some break in the midst of the upgrade.
    let left = isWell ? Infinity : random() < 0.1 ? random() * 1_500 : 2_500 + random() ** 2 * 10_000;
    let isOver = false;
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    const breakIt = (): void => {
      if (isOver) return;
      isOver = true;
      faults++;
      const kind = random();
      if (kind < 0.5) {
        near.resetAndDestroy();
        far.resetAndDestroy();
        pairs.delete(pair);
      } else if (kind < 0.75) {
        // The client hears of it, and the server does not yet: the rest that is on its way still comes.
        near.resetAndDestroy();
        setTimeout(end, random() * 10);
      } else setTimeout(end, random() * 10);
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on('error', end).on('close', () => (to.destroyed ? undefined : to.end()));
      from.on('data', (chunk) => {
        if (isOver) return;
        left -= chunk.length;
        if (left > 0) return void to.write(chunk);
        // Part of it passes.
        to.write(chunk.subarray(0, Math.floor(random() * chunk.length)));
        breakIt();
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(listener.address() as AddressInfo).port}${target.pathname}`,
    get faults() {
      return faults;
    },
    cut: () => pairs.forEach((pair) => pair.forEach((socket) => socket.resetAndDestroy())),
    heal: () => void (isWell = true),
    close: () => new Promise((resolve) => listener.close(() => resolve())),
  };
}
