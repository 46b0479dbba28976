import type { ServerLimits } from './outbox.js';
import { read } from './protocol.js';

/** The data of the first frame of a connection (docs/protocol.md section 7, rule 3). */
export interface Welcome {
  starlingId: string;
  token?: string;
  epoch: string;
  received: number;
  missed?: number;
  limits?: ServerLimits;
  keepAlive?: number;
  ticketExpiresIn?: number;
}

/** Reads the first frame of a connection. Without data when it is no welcome. */
export function welcomeOf(frame: string | ArrayBuffer): { topic?: string; data?: Welcome } {
  const incoming = typeof frame === 'string' ? read(frame) : undefined;
  const { topic, data } = (incoming?.status === 'message' && incoming.message.notification) || {};
  const isWelcome =
    /^connection:(established|recovered)$/.test(topic ?? '') && typeof data?.starlingId === 'string' && typeof data.epoch === 'string';
  return isWelcome ? { topic: topic!, data } : {};
}
