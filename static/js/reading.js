// What modules load with htmx: one at a time of a kind, and the newest. Without an answer nothing
// is thrown: `frame` and `network` say it.

/** Sent with what a page left open asks by itself: it keeps nobody logged in (doorkeeper.py). */
export const BY_ITSELF = { "X-Background": "1" };

export class Reading {
  constructor() {
    this.newest = 0;
    this.underWay = false;
    this.done = Promise.resolve();
  }

  /** Load `url`, and give up what an earlier call still waits for. Resolves when this one is over. */
  load(url, context) {
    this.newest += 1;
    const turn = this.newest;
    if (this.underWay) window.htmx.trigger(context.source, "htmx:abort");
    this.done = this.done.then(() => (turn === this.newest ? this.ask(url, context) : null));
    return this.done;
  }

  async ask(url, context) {
    this.underWay = true;
    await window.htmx.ajax("GET", url, context).catch(() => {});
    this.underWay = false;
  }
}
