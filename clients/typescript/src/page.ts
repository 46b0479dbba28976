/** What a page's life asks of a client. */
export interface PageLife {
  /** Something may have happened to the network: look now. */
  check(): void;
  /** The page goes, perhaps for ever: stop, and keep what is needed. */
  suspend(isLeaving: boolean): void;
  /** The page has come back. */
  resume(): void;
}

/** Follows the events of a page or worker. Returns what stops that. Where there is none, as in Node, nothing happens. */
export function followPage({ check, suspend, resume }: PageLife): () => void {
  const stops: (() => void)[] = [];
  const listen = (target: EventTarget | undefined, type: string, listener: () => void): void => {
    target?.addEventListener?.(type, listener);
    stops.push(() => target?.removeEventListener?.(type, listener));
  };
  const page = globalThis as typeof globalThis & Partial<EventTarget>;
  const document = globalThis.document as Document | undefined;
  if (!page.addEventListener) return () => {};
  listen(page as EventTarget, 'online', check);
  listen(page as EventTarget, 'offline', check);
  listen(page as EventTarget, 'pagehide', () => suspend(true));
  listen(page as EventTarget, 'pageshow', resume);
  listen(document, 'freeze', () => suspend(false));
  listen(document, 'resume', resume);
  listen(document, 'visibilitychange', () => {
    if (document!.visibilityState === 'visible') check();
  });
  return () => stops.forEach((stop) => stop());
}
