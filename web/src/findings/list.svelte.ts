//! The rows of the findings list: all of them, or under headings that open and close.
import type { FacetName, FacetValue, Facets, FindingHead } from '../api';
import type { ProjectApi } from '../backend';
import { Pages } from '../lib/pages.svelte';

export type GroupBy = 'rule' | 'file' | 'shop';
export type Entry = { head: FacetValue; open: boolean } | { finding: FindingHead } | { rest: number } | undefined;

interface Segment {
  value: FacetValue;
  open: boolean;
  pages: Pages<FindingHead>;
}

export const filterNames: FacetName[] = ['severity', 'confidence', 'group', 'rule', 'file', 'shop', 'fixable', 'new'];

export class FindingList {
  facets: Facets | null = $state.raw(null);
  total: number = $state(0);
  error: unknown = $state.raw(null);
  loaded: boolean = $state(false);
  segments: Segment[] = $state.raw([]);
  readonly #flat: Pages<FindingHead>;

  constructor(
    private readonly api: ProjectApi,
    private readonly run: string,
    private readonly filters: URLSearchParams,
    private readonly by: GroupBy | null,
  ) {
    this.#flat = this.pages(filters);
    void this.refresh();
  }

  private pages(filters: URLSearchParams): Pages<FindingHead> {
    return new Pages((from, n) => this.ask(filters, from, n));
  }
  private ask(filters: URLSearchParams, from: number, n: number) {
    const all = new URLSearchParams(filters);
    all.set('from', String(from));
    all.set('n', String(n));
    return this.api.findings(this.run, all);
  }
  /** Reads the counts and the first window again; rows already shown stay until theirs arrive. */
  async refresh(): Promise<void> {
    try {
      const answer = await this.ask(this.filters, 0, this.#flat.size);
      this.facets = answer.facets;
      this.total = answer.total;
      if (this.#flat.total !== answer.total) this.#flat.reset();
      this.#flat.put(0, answer);
      if (this.by) this.regroup(this.by, answer.facets[this.by]);
      this.error = null;
    } catch (error) {
      this.error = error;
    } finally {
      this.loaded = true;
    }
  }
  private regroup(by: GroupBy, values: FacetValue[]): void {
    const chosen = this.filters.getAll(by);
    const before = new Map(this.segments.map((segment) => [segment.value.value, segment]));
    this.segments = values
      .filter((value) => !chosen.length || chosen.includes(value.value))
      .map((value) => {
        const old = before.get(value.value);
        if (old?.value.count === value.count) return old;
        const filters = new URLSearchParams(this.filters);
        filters.set(by, value.value);
        return { value, open: old?.open ?? values.length === 1, pages: this.pages(filters) };
      });
  }
  private get rest(): number {
    return (this.by && this.facets?.more?.[this.by]) || 0;
  }
  get rows(): number {
    if (!this.by) return this.total;
    return this.segments.reduce((sum, one) => sum + 1 + (one.open ? one.value.count : 0), 0) + (this.rest ? 1 : 0);
  }

  /** The segment of a row and the row's index within (-1: its heading). */
  private at(index: number): { segment: Segment; within: number } | null {
    let left = index;
    for (const segment of this.segments) {
      const rows = 1 + (segment.open ? segment.value.count : 0);
      if (left < rows) return { segment, within: left - 1 };
      left -= rows;
    }
    return null;
  }
  get(index: number): Entry {
    if (!this.by) {
      const finding = this.#flat.get(index);
      return finding && { finding };
    }
    const at = this.at(index);
    if (!at) return { rest: this.rest };
    if (at.within < 0) return { head: at.segment.value, open: at.segment.open };
    const finding = at.segment.pages.get(at.within);
    return finding && { finding };
  }
  ensure(from: number, to: number): void {
    if (!this.by) return this.#flat.ensure(from, to);
    let start = 0;
    for (const segment of this.segments) {
      const count = segment.open ? segment.value.count : 0;
      const [first, last] = [Math.max(0, from - start - 1), Math.min(count, to - start - 1)];
      if (first < last) segment.pages.ensure(first, last);
      start += 1 + count;
    }
  }
  toggle(index: number): void {
    const segment = this.at(index)?.segment;
    if (segment) this.segments = this.segments.map((one) => (one === segment ? { ...one, open: !one.open } : one));
  }
  /** The next row in a direction that holds a finding; closed groups on the way are opened. */
  async step(from: number, by: 1 | -1): Promise<{ index: number; finding: FindingHead } | null> {
    for (let index = from + by; index >= 0 && index < this.rows; index += by) {
      if (!this.by) {
        const finding = await this.#flat.fetch(index);
        return finding ? { index, finding } : null;
      }
      const at = this.at(index);
      if (!at) return null;
      if (at.within < 0) {
        if (!at.segment.open && (by > 0 || index < from)) this.toggle(index);
        continue;
      }
      const finding = await at.segment.pages.fetch(at.within);
      return finding ? { index, finding } : null;
    }
    return null;
  }
}
