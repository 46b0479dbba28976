import type { ConnectionFailure } from './errors.js';
import type { Frame } from './ledger.js';
import type { Incoming } from './protocol.js';
import type { Welcome } from './welcome.js';

/** Where a client stands. */
export type Status = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** How a client has ended. */
export interface Ending {
  /** The close code; 1006 when the connection broke. */
  code: number;
  reason: string;
  /** Whether the server has confirmed that the client has left for good. */
  confirmed: boolean;
  /** Why its last try to connect failed. */
  failure: ConnectionFailure | undefined;
}

/** Who is told what happens. Nothing of it throws. */
export interface ConnectionEvents {
  status(): void;
  message(incoming: Incoming, size: number): void;
  binary(data: ArrayBuffer): void;
  welcome(welcome: Welcome, isRecovered: boolean, continues: boolean, lost: Frame[]): void;
  lost(code: number, reason: string): void;
  reconnecting(attempt: number, delay: number, failure: ConnectionFailure | undefined, stop: () => void): void;
  /** The client has ended: what was sent and is not acknowledged. */
  ended(ending: Ending, unconfirmed: Frame[]): void;
}
