//! Every view has an address: `#/p/ID/findings?severity=error&sel=12`.
class Route {
  parts: string[] = $state.raw([]);
  query: URLSearchParams = $state.raw(new URLSearchParams());

  constructor() {
    this.read();
    addEventListener('hashchange', () => this.read());
  }
  private read(): void {
    const [path = '', query = ''] = location.hash.replace(/^#/, '').split('?');
    this.parts = path.split('/').filter(Boolean).map(decodeURIComponent);
    this.query = new URLSearchParams(query);
  }
  /** The view, without its filters: work that ends later asks whether it is still shown. */
  get path(): string {
    return this.parts.join('/');
  }
  /** Changes filters in the address; a `null` takes one away. With `push` false, Back skips it. */
  with(changes: Record<string, string | string[] | null>, push = true): void {
    const query = new URLSearchParams(this.query);
    for (const [key, value] of Object.entries(changes)) {
      query.delete(key);
      for (const one of value === null ? [] : [value].flat()) query.append(key, one);
    }
    this.go(link(this.parts, query), push);
  }
  go(hash: string, push = true): void {
    if (hash === location.hash) return;
    if (push) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
    this.read();
  }
}

/** The address of a view. */
export function link(parts: (string | number)[], query?: URLSearchParams | Record<string, string>): string {
  const text = query ? new URLSearchParams(query).toString() : '';
  return '#/' + parts.map((part) => encodeURIComponent(part)).join('/') + (text ? '?' + text : '');
}

export const route = new Route();
