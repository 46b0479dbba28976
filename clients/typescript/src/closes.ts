import { failure, type ConnectionFailure } from './errors.js';
import { isCode } from './protocol.js';

/** Whether a close code ends the client: taken over by another connection, or closed for good (docs/protocol.md section 7). */
export const isFinal = (code: number | undefined): boolean => code === 4000 || code === 4002;

const NAMES: Record<number, string> = { 1011: 'INTERNAL_ERROR', 4029: 'RATE_LIMIT_EXCEEDED' };

/** What a close frame says. */
export const failureOf = (closeCode: number, reason: string): ConnectionFailure =>
  failure(`the server closed with ${closeCode} ${reason}`, { closeCode, code: isCode(reason) ? reason : NAMES[closeCode] });
