// What both sides have of each other, so that a dropped connection loses nothing and doubles nothing: docs/protocol.md
// section 7. It counts and keeps; it knows no socket and no time.

/** A message on its way to the server. */
export interface Frame {
  data: string | Uint8Array;
  size: number;
  /** The request that it makes. */
  id?: string;
  /** Whether it was handed to a connection, and so may have come. */
  isSent?: boolean;
}

// Rule 4.
const ACK_AFTER_MESSAGES = 32;
const ACK_AFTER_BYTES = 256 * 1024;

export class Ledger {
  /** The epoch in which is counted; undefined when nobody is sure. */
  epoch: string | undefined;
  /** How many messages of the server were counted in it, and how many of ours the server has acknowledged. */
  received = 0;
  acknowledged = 0;
  /** What the server has not acknowledged: first what was handed to the connection, so many, then what was not. */
  kept: Frame[] = [];
  sent = 0;
  bytes = 0;
  /** Of what was counted, so much is not acknowledged yet. */
  owed = 0;
  #owedBytes = 0;

  /** Whether to acknowledge now, rather than within a second. */
  get isAckDue(): boolean {
    return this.owed >= ACK_AFTER_MESSAGES || this.#owedBytes >= ACK_AFTER_BYTES;
  }

  add(frame: Frame): void {
    this.kept.push(frame);
    this.bytes += frame.size;
  }

  /** Takes back what was not handed to the connection. */
  withdraw(frame: Frame): void {
    this.#remove(this.kept.indexOf(frame), 1);
  }

  /** The next frame to hand to the connection. */
  next(): Frame | undefined {
    const frame = this.kept[this.sent];
    if (frame) {
      frame.isSent = true;
      this.sent++;
    }
    return frame;
  }

  /**
   * The welcome of a connection. Its epoch is ours: the counters go on, and what the server has not counted is unsent again.
   * Another one: they begin at 0, and of what was sent nobody knows.
   * @returns What nobody knows of; undefined when the server can't have counted that.
   */
  welcome(epoch: string, received: number): { continues: boolean; lost: Frame[] } | undefined {
    const continues = epoch === this.epoch;
    if (continues && !this.#canHave(received)) return undefined;
    const lost = continues ? [] : this.#remove(0, this.sent);
    if (continues) this.#release(received);
    else {
      this.epoch = epoch;
      this.received = this.acknowledged = 0;
    }
    for (const frame of this.kept) frame.isSent = false;
    this.sent = 0;
    this.takeAck();
    return { continues, lost };
  }

  /** A message came that counts; the report of a gap counts as many as are missing. */
  count(bytes: number, messages = 1): void {
    this.received += messages;
    this.owed++;
    this.#owedBytes += bytes;
  }

  /** What to acknowledge. */
  takeAck(): number {
    this.owed = this.#owedBytes = 0;
    return this.received;
  }

  /** The server acknowledges; false when it can't have that. */
  acknowledge(received: number): boolean {
    if (received <= this.acknowledged) return true;
    if (!this.#canHave(received)) return false;
    this.sent -= received - this.acknowledged;
    this.#release(received);
    return true;
  }

  /** Lets go of all, and returns what was sent. */
  clear(): Frame[] {
    this.sent = 0;
    return this.#remove(0, Infinity).filter(({ isSent }) => isSent);
  }

  #canHave(received: number): boolean {
    return received >= this.acknowledged && received <= this.acknowledged + this.sent;
  }

  #release(received: number): void {
    this.#remove(0, received - this.acknowledged);
    this.acknowledged = received;
  }

  #remove(at: number, count: number): Frame[] {
    const removed = this.kept.splice(at, count);
    for (const { size } of removed) this.bytes -= size;
    return removed;
  }
}
