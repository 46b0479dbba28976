/** Is told what a function of the application has thrown. */
export type Report = (what: string, error: unknown) => void;

/** Calls a function of the application, which may be asynchronous. What it throws breaks neither the client nor other handlers. */
export function safely<T extends unknown[], R>(
  report: Report,
  what: string,
  handler: ((...args: T) => R) | undefined,
  ...args: T
): R | undefined {
  try {
    const result = handler?.(...args);
    if (result instanceof Promise) result.catch((error) => report(what, error));
    return result;
  } catch (error) {
    report(what, error);
    return undefined;
  }
}

/** Runs what may throw; false when it has. */
export const quietly = (run: () => void): boolean => {
  try {
    run();
    return true;
  } catch {
    return false;
  }
};
