//! The shapes of the API for mending, settings, rules and plans.
import type { Confidence, Edit, Evidence, Severity, Text } from './api';

export type FixScope = { findings: number[] } | { rule: string } | { safe: true };
export interface FixPreview {
  files: { id: string; path: string; form: string; changes?: (Omit<Edit, 'path'> & { finding?: number })[]; diff: string }[];
  refused: { finding?: number; place?: string; title?: Text; rule?: string; why: Text }[];
  digest: string;
}
export interface Changed {
  entry?: string | null;
  /** The check that follows; null while another one goes on. */
  run: string | null;
}
export interface Entry {
  id: string;
  at: string;
  what: Text;
  kind: 'fix' | 'edit' | 'silence' | 'baseline' | 'settings';
  files: string[];
  undone: boolean;
}
export type Level = Severity | 'off';
export interface Param {
  rule: string;
  name: string;
  doc: Text;
  value: unknown;
  default: unknown;
}
export interface Settings {
  as_of: string | null;
  system: string | null;
  severity: Record<string, Level>;
  params: Param[];
  yaml: string;
}

export interface RuleHead {
  id: string;
  group: string;
  title: Text;
  severity: Severity;
  confidence: Confidence;
  from: string | null;
  until: string | null;
  active: boolean;
  kinds: string[];
}
export interface Rule {
  id: string;
  title: Text;
  why: Text;
  help: Text | null;
  severity: Severity;
  confidence: Confidence;
  effective: { from: string | null; until: string | null };
  evidence: Evidence[];
  params: { name: string; value: unknown; doc: Text }[];
  examples: { fails: boolean; text: string; note: Text | null }[];
}
export interface Group {
  id: string;
  title: Text;
  count: number;
}

export interface PlanHead {
  id: string;
  digest: string;
  cutover: string;
  per_day: number | null;
  as_of: string | null;
  summary: { shops: number; migrated: number; upgraded: number; closed: number; kept: number; skipped: number };
  money: { top_up: number | null; refund: number | null };
  totals: { action: string; title: Text; count: number }[];
  late: { id: string; name: string; date: string }[];
}
export interface PlanShop {
  id: string;
  name: string;
  system: string;
  action: string;
  title: Text;
  date: string | null;
  new_name: string | null;
  money: number | null;
  tasks: number;
  notes: number;
  approved: boolean | null;
}
export interface PlanTask {
  who: string | Text;
  text: Text;
  date: string | null;
}
export interface PersonTasks {
  who: Text;
  tasks: { text: Text; date: string | null; shops: { id: string; name: string }[] }[];
}
export interface PlanShopDetail extends Omit<PlanShop, 'tasks' | 'notes'> {
  before: string;
  after: string;
  diff: string;
  names: { name: string; rank: number; why: Text; chosen: boolean }[];
  tasks: PlanTask[];
  notes: Text[];
}
export interface CalendarDay {
  date: string;
  shops: { id: string; name: string }[];
}
export interface FleetLimit {
  title: Text;
  owner: string;
  limit: number;
  count: number;
  stays: { id: string; name: string }[];
  leaves: { id: string; name: string }[];
}
export interface Decision {
  name?: string;
  leave_out?: boolean;
  postpone_to?: string;
  approve?: boolean;
}
export interface PlanStatus {
  state: 'none' | 'running' | 'stopped' | 'failed' | 'done' | 'rolled-back';
  done: number;
  total: number;
  message?: Text | null;
  shops?: { id: string; name: string; state: string }[];
}
export interface Verified {
  ok: boolean;
  sentence: Text;
  differences?: { path: string; text: Text }[];
}
