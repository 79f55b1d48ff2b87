/** Messages for one loop, in the order in which they came. */
export class Inbox<Message> {
  readonly #messages: Message[] = [];
  #taker: ((message: Message) => void) | undefined;

  push(message: Message): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker) taker(message);
    else this.#messages.push(message);
  }

  /** The next message, as soon as there is one. One taker at a time. */
  take(): Promise<Message> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }

  /** What is there right now. */
  drain(): Message[] {
    return this.#messages.splice(0);
  }
}
