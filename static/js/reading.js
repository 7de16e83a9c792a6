// What modules load with htmx: one at a time of a kind, the newest next. Without an answer nothing
// is thrown: `frame` and `network` say it.

/** Sent with what a page left open asks by itself: it keeps nobody logged in (doorkeeper.py). */
export const BY_ITSELF = { "X-Background": "1" };

export class Reading {
  constructor() {
    this.underWay = false;
    this.next = null;
  }

  /** Load `url`; while another is under way it waits, and takes the place of one that waits. */
  async load(url, context) {
    if (this.underWay) {
      this.next = [url, context];
      return;
    }
    this.underWay = true;
    await window.htmx.ajax("GET", url, context).catch(() => {});
    this.underWay = false;
    const { next } = this;
    this.next = null;
    if (next) await this.load(...next);
  }
}
