//! Answers brought into the one shape that the page reads: facets and counts of the server are
//! terser than what views need.
import type { FacetName, FacetValue, Facets, FileStates, Finding, Findings, ProjectHead, RunHead, Summary } from './api';
import { kindTitle } from './lib/kinds';

type Rough = Record<string, unknown>;
type RoughFacet = FacetValue[] | { values: FacetValue[]; more: number };

export function facetsOf(rough: Record<FacetName, RoughFacet> & { more?: Facets['more'] }): Facets {
  const out = { more: { ...rough.more } } as Facets;
  for (const name of ['severity', 'confidence', 'group', 'rule', 'file', 'shop', 'fixable', 'new'] as const) {
    const facet = rough[name] ?? [];
    out[name] = Array.isArray(facet) ? facet : facet.values;
    if (!Array.isArray(facet) && facet.more) out.more = { ...out.more, [name]: facet.more };
  }
  return out;
}
export function findingsOf(rough: Findings): Findings {
  return { ...rough, facets: facetsOf((rough.facets ?? {}) as unknown as Parameters<typeof facetsOf>[0]) };
}

function states(rough: number | Rough | undefined): FileStates {
  const of = (...names: string[]) => {
    const value = typeof rough === 'object' ? names.map((name) => rough[name]).find((one) => typeof one === 'number') : undefined;
    return (value as number | undefined) ?? 0;
  };
  return {
    checked: typeof rough === 'number' ? rough : of('checked'),
    nothing: of('nothing', 'nothing_to_check'),
    not_understood: of('not_understood'),
    not_readable: of('not_readable'),
  };
}

export function summaryOf(rough: Summary | null): Summary | null {
  if (!rough) return null;
  const looked = rough.looked_at as unknown as Record<keyof Summary['looked_at'], number | Rough>;
  const records = rough.records as unknown as Summary['records'] | Record<string, number>;
  return {
    ...rough,
    looked_at: {
      files: states(looked.files),
      records: states(looked.records),
      texts: states(looked.texts),
      pictures: states(looked.pictures),
      video_seconds: states(looked.video_seconds),
    },
    records: Array.isArray(records) ? records : Object.entries(records).map(([kind, count]) => ({ kind, title: kindTitle(kind), count })),
  };
}
export function runOf(rough: RunHead): RunHead {
  return { ...rough, summary: summaryOf(rough.summary) };
}
export function projectOf(rough: ProjectHead): ProjectHead {
  return { ...rough, last_run: rough.last_run && runOf(rough.last_run) };
}
export function findingOf(rough: Finding): Finding {
  const same = rough.same as unknown as number | Finding['same'];
  if (typeof same !== 'number') return rough;
  return { ...rough, same: { rule: same } };
}
