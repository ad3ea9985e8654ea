//! Where findings stand in a text, as pieces to draw.
import type { Severity } from '../api';

export interface Piece {
  text: string;
  severity: Severity | null;
  finding: number | null;
}
interface Spanned {
  n: number;
  severity: Severity;
  found: string | null;
  range?: { start: number; end: number } | null;
  span?: { start: number; end: number } | null;
}
export interface Mark {
  start: number;
  end: number;
  severity: Severity;
  finding: number;
}
const weight: Record<Severity, number> = { error: 3, warning: 2, info: 1 };

/** Cuts a text at every edge of a mark; where marks overlap, the gravest one is drawn. */
export function pieces(text: string, marks: Mark[]): Piece[] {
  const edges = new Set([0, text.length]);
  for (const { start, end } of marks) edges.add(Math.min(start, text.length)).add(Math.min(end, text.length));
  const sorted = [...edges].sort((a, b) => a - b);
  const out: Piece[] = [];
  for (let i = 0; i + 1 < sorted.length; i++) {
    const [from, to] = [sorted[i] ?? 0, sorted[i + 1] ?? 0];
    const here = marks.filter((mark) => mark.start < to && mark.end > from).sort((a, b) => weight[b.severity] - weight[a.severity])[0];
    out.push({ text: text.slice(from, to), severity: here?.severity ?? null, finding: here?.finding ?? null });
  }
  return out;
}

/** The same for findings of a text on its own, whose place is a span or else the words found. */
export function marked(text: string, findings: Spanned[]): Piece[] {
  const marks: Mark[] = [];
  for (const { n, severity, found, ...place } of findings) {
    const span = place.range ?? place.span;
    const start = span ? span.start : found ? text.indexOf(found) : -1;
    const end = span ? span.end : start + (found?.length ?? 0);
    if (start >= 0 && end > start) marks.push({ start, end, severity, finding: n });
  }
  return pieces(text, marks);
}
