// What both sides have of each other, so that a dropped connection loses nothing and doubles nothing: section 7 of the
// wire contract (docs/protocol.md). Counts and keeps; knows no socket, so it is tested without one.

const ACK_AFTER_MESSAGES = 32;
const ACK_AFTER_BYTES = 256 * 1024;
const MAX_KEPT = 1_000;

export class Resume {
  #epoch;
  #received = 0; // counted of the server in this epoch
  #owed = 0; // of those, not yet acknowledged by us
  #owedBytes = 0;
  #kept = []; // what the server has not acknowledged: first what was sent, then what was not
  #sent = 0; // how many of those were handed to the connection
  #acknowledged = 0;

  /** The claim when reconnecting: { epoch, received }, or nothing when the counters are not certain. */
  get claim() { return this.#epoch ? { epoch: this.#epoch, received: this.#received } : {}; }

  /** The next connection begins a new epoch. */
  forget() { this.#epoch = undefined; }

  /** Queues a frame after all others. False when there is no room, because queued frames are never dropped. */
  add(frame) { return this.#kept.length < MAX_KEPT && this.#kept.push(frame) > 0; }

  /** Takes back a frame that was never sent. */
  withdraw(frame) {
    const at = this.#kept.indexOf(frame);
    if (at < this.#sent) return false;
    this.#kept.splice(at, 1);
    return true;
  }

  /** The next frame to hand to the connection. */
  next() { return this.#sent < this.#kept.length ? this.#kept[this.#sent++] : undefined; }

  /**
   * The server's welcome. Its epoch is ours: counters go on, and what it has not counted is unsent again. Another one: they
   * start again, and what was sent came or did not: nobody knows. Returns { continues, unsent }, or undefined when the server
   * can't have counted that.
   */
  welcome({ epoch, received }) {
    const continues = epoch === this.#epoch;
    if (continues && !this.#canHave(received)) return undefined;
    if (continues) this.#release(received);
    else this.#restart(epoch);
    this.#sent = 0;
    this.#owed = this.#owedBytes = 0;
    return { continues, unsent: [...this.#kept] };
  }

  /** A message came that counts; a report of a gap counts as many as are missing. */
  count(bytes, messages = 1) {
    this.#received += messages;
    this.#owed += messages;
    this.#owedBytes += bytes;
  }

  /** Whether to acknowledge now rather than within a second. */
  get isAckDue() { return this.#owed >= ACK_AFTER_MESSAGES || this.#owedBytes >= ACK_AFTER_BYTES; }

  /** What to acknowledge; undefined when there is nothing new. */
  takeAck() {
    if (this.#owed === 0) return undefined;
    this.#owed = this.#owedBytes = 0;
    return this.#received;
  }

  /** The server acknowledges; false when it can't have that. */
  acknowledge(received) {
    if (received <= this.#acknowledged) return true;
    if (!this.#canHave(received)) return false;
    this.#sent -= received - this.#acknowledged;
    this.#release(received);
    return true;
  }

  #canHave(received) {
    return Number.isInteger(received) && received >= this.#acknowledged && received <= this.#acknowledged + this.#sent;
  }

  #release(received) {
    this.#kept.splice(0, received - this.#acknowledged);
    this.#acknowledged = received;
  }

  #restart(epoch) {
    this.#kept.splice(0, this.#sent);
    this.#epoch = epoch;
    this.#received = this.#acknowledged = 0;
  }
}
