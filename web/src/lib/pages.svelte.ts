//! Windows of a long list kept at hand: at most 20 pages of 200 rows, the longest unused go first.
export interface Window<T> {
  total: number;
  items: T[];
}

export class Pages<T> {
  total: number = $state(0);
  /** Grows when a page arrives, so that what reads rows draws them again. */
  version: number = $state(0);
  error: unknown = $state.raw(null);
  #pages = new Map<number, T[]>();
  #asked = new Set<number>();
  #age = 0;

  constructor(
    private readonly load: (from: number, n: number) => Promise<Window<T>>,
    readonly size = 200,
    private readonly keep = 20,
  ) {}

  get(index: number): T | undefined {
    void this.version;
    return this.#pages.get(Math.floor(index / this.size))?.[index % this.size];
  }
  /** Asks for the pages that hold these rows. */
  ensure(from: number, to: number): void {
    for (let page = Math.floor(from / this.size); page * this.size < to; page++) {
      const have = this.#pages.get(page);
      if (have) {
        this.#pages.delete(page);
        this.#pages.set(page, have);
      } else if (!this.#asked.has(page)) void this.ask(page);
    }
  }
  /** The row, once it is here. */
  async fetch(index: number): Promise<T | undefined> {
    const page = Math.floor(index / this.size);
    if (!this.#pages.has(page)) await this.ask(page);
    return this.get(index);
  }
  put(page: number, window: Window<T>): void {
    this.#pages.delete(page);
    this.#pages.set(page, window.items);
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= this.keep) break;
      this.#pages.delete(old);
    }
    this.total = window.total;
    this.version++;
  }
  /** Forgets everything; answers still under way are dropped. */
  reset(): void {
    this.#age++;
    this.#pages.clear();
    this.#asked.clear();
    this.version++;
  }

  private async ask(page: number): Promise<void> {
    const age = this.#age;
    this.#asked.add(page);
    try {
      const window = await this.load(page * this.size, this.size);
      if (age === this.#age) this.put(page, window);
      this.error = null;
    } catch (error) {
      if (age === this.#age) this.error = error;
    } finally {
      if (age === this.#age) this.#asked.delete(page);
    }
  }
}
