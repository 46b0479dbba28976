/** A request that failed, or a call that could not be made. The only error that this package throws. */
export class HeliosError extends Error {
  override readonly name = 'HeliosError';

  constructor(
    /** What went wrong, in UPPER_SNAKE_CASE: a code of the protocol (`REQUEST_TIMEOUT`), or one of your server. */
    readonly code: string,
    message: string,
    /** What the code needs to be understood, as the server wrote it. */
    readonly details?: any,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Why a connection could not be made or has ended: the `details` of `CONNECTION_REJECTED`, and part of some events. */
export interface ConnectionFailure {
  /** A sentence for people. */
  reason: string;
  /** The HTTP status with which the server refused. */
  status?: number | undefined;
  /** The close code. */
  closeCode?: number | undefined;
  /** The error code in the refusal, such as `AUTH_EXPIRED` or `CONNECTION_LIMIT`. */
  code?: string | undefined;
  /** How long the server asks to wait before the next try, in milliseconds. */
  retryAfter?: number | undefined;
  /** Whether the same try would be refused again (401, 403 or close code 1008): another ticket may help. */
  refused: boolean;
}

export const failure = (reason: string, more: Partial<ConnectionFailure> = {}): ConnectionFailure => ({
  refused: more.status === 401 || more.status === 403 || more.closeCode === 1008,
  reason,
  ...more,
});

export const closed = (details?: unknown): HeliosError => new HeliosError('CONNECTION_CLOSED', 'The client is closed', details);

export const rejected = (details: ConnectionFailure, cause?: unknown): HeliosError =>
  new HeliosError('CONNECTION_REJECTED', `Could not connect: ${details.reason}`, details, cause);

export const invalid = (message: string): HeliosError => new HeliosError('VALIDATION_ERROR', message);

export const isError = (error: unknown): error is HeliosError => error instanceof HeliosError;

export const messageOf = (error: unknown): string => (error as Error)?.message ?? String(error);
