interface Reader {
  resolve(result: IteratorResult<any>): void;
  reject(error: unknown): void;
}

/** The items of a streamed answer, each kept until it is read. */
export class Items {
  kept: { value: unknown; size: number }[] = [];
  bytes = 0;
  #readers: Reader[] = [];
  #isEnded = false;
  #error: unknown;

  push(value: unknown, size: number): void {
    this.kept.push({ value, size });
    this.bytes += size;
    this.#serve();
  }

  /** Nothing follows. What is kept can still be read. */
  end(error?: unknown): void {
    this.#isEnded = true;
    this.#error = error;
    this.#serve();
  }

  next(): Promise<IteratorResult<any>> {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#serve();
    });
  }

  #serve(): void {
    while (this.#readers.length && (this.kept.length || this.#isEnded)) {
      const { resolve, reject } = this.#readers.shift()!;
      const first = this.kept.shift();
      if (first) {
        this.bytes -= first.size;
        resolve({ value: first.value, done: false });
      } else if (this.#error) reject(this.#error);
      else resolve({ value: undefined, done: true });
    }
  }
}
