// One thing at a time, however often somebody presses a button. No browser needed.

/**
 * `work`, done for one after the other. Who asks while somebody waits for a turn shares it: it has not begun yet. A
 * failure is told to those who asked for that turn, and does not keep the next one from coming.
 */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let ended: Promise<unknown> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  return () => {
    if (!waiting) {
      waiting = ended.then(() => {
        waiting = null;
        return work();
      });
      ended = waiting.catch(() => undefined);
    }
    return waiting;
  };
}

/** Does one of several things; what is asked for while it goes on is not done, and not later either. */
export class Alone {
  private _busy = false;

  /** @param changed called when something has begun, and when it has ended. */
  constructor(private readonly changed: () => void) {}

  get busy(): boolean {
    return this._busy;
  }

  async run(work: () => Promise<void>): Promise<void> {
    if (this._busy) {
      return;
    }
    this._busy = true;
    try {
      this.changed();
      await work();
    } finally {
      this._busy = false;
      this.changed();
    }
  }
}
