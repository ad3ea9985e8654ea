//! The shapes of the HTTP API (`/api/v1`), as the page reads them.

export interface Text {
  zh: string;
  en: string;
}
export type Severity = 'error' | 'warning' | 'info';
export type Confidence = 'high' | 'medium' | 'low';
export type Role = 'live' | 'cover' | 'homepage' | 'product';
export type Fixable = 'safe' | 'unsafe' | 'manual';
export type TryAs = 'name' | 'title' | 'live' | 'cover' | 'homepage' | 'config';

export interface Page<T> {
  total: number;
  from: number;
  items: T[];
}

export interface Place {
  file: string;
  line: number | null;
  column: number | null;
}
export interface ErrorBody {
  code: string;
  message: Text;
  help: Text | null;
  place: Place | null;
}

export interface About {
  version: string;
  today: string;
  rules: number;
  readonly: boolean;
  listen?: boolean;
  limits?: { upload_bytes: number; files: number; runs: number };
  abilities?: { video: boolean; ocr: boolean };
}

export interface Progress {
  bytes: number;
  of: number;
  files?: number;
  errors?: number;
  warnings?: number;
  infos?: number;
}
export interface FileStates {
  checked: number;
  nothing: number;
  not_understood: number;
  not_readable: number;
}
export interface Summary {
  looked_at: Record<'files' | 'records' | 'texts' | 'pictures' | 'video_seconds', FileStates>;
  /** What else there is to say about what was not applied. */
  notes?: Text[];
  records: { kind: string; title: Text; count: number }[];
  errors: number;
  warnings: number;
  infos: number;
  suppressed: number;
  baselined: number;
  problems: number;
  gaps: number;
  fixable: { safe: number; unsafe: number };
  trusted: boolean;
  sentence: Text;
}
export interface RunHead {
  id: string;
  started: string;
  ended: string | null;
  as_of: string;
  state: 'running' | 'done' | 'stopped' | 'failed';
  progress: Progress | null;
  summary: Summary | null;
  change: { new: number; gone: number } | null;
}
export interface ProjectHead {
  id: string;
  name: string;
  kind: 'uploads' | 'folder';
  folder: string | null;
  writable: boolean;
  created: string;
  files: number;
  last_run: RunHead | null;
}

export type Form = 'table' | 'records' | 'script' | 'captions' | 'picture' | 'video' | 'other';
export type FileState = 'checked' | 'nothing-to-check' | 'not-understood' | 'not-readable';
export interface FileHead {
  id: string;
  path: string;
  bytes: number;
  form: Form;
  role: Role | null;
  /** The sheets of a workbook; lists of files may leave them out. */
  sheets: { name: string; hidden?: boolean }[] | null;
  state: FileState | null;
  reason: Text | null;
  findings: { errors: number; warnings: number; infos: number };
  headings?: 'known' | 'unknown' | null;
  changed?: boolean;
}

export interface Column {
  index: number;
  letter: string;
  heading: string | null;
  field: Text | null;
}
export interface CellMark {
  row: number;
  column: number;
  severity: Severity;
  finding: number;
  count: number;
}
export interface SheetRow {
  row: number;
  cells: (string | null)[];
}
export interface Rows {
  columns: Column[];
  total: number;
  heading_row: number | null;
  items: SheetRow[];
  marks: CellMark[];
}
export interface LineMark {
  line: number;
  start: number;
  end: number;
  severity: Severity;
  finding: number;
}
export interface Line {
  line: number;
  text: string;
}
export interface Lines {
  total: number;
  items: Line[];
  marks: LineMark[];
}
export interface Box {
  finding: number | null;
  x: number;
  y: number;
  w: number;
  h: number;
  kind: string;
  content: string | null;
  score: number | null;
  severity?: Severity;
  at?: number | null;
}
export interface Boxes {
  width: number;
  height: number;
  items: Box[];
}
export interface FieldChoice {
  kind: string;
  field: string;
  title: Text;
  required: boolean;
}
export interface Mapping {
  guesses: { kind: string; title: Text; score: number }[];
  columns: { heading: string; samples: string[]; guess: { field: string; title: Text } | null }[];
  fields: FieldChoice[];
}

export interface FindingHead {
  n: number;
  severity: Severity;
  confidence: Confidence;
  rule: string;
  group: string;
  title: Text;
  message: Text;
  file: string;
  path: string;
  sheet: string | null;
  cell: string | null;
  line: number | null;
  column: number | null;
  /** In a table: the row and the column, from 1. */
  row?: number | null;
  table_column?: number | null;
  record: { kind: string; title?: Text | null; id: string | null; name?: string | null } | null;
  field: Text | null;
  found: string | null;
  fixable: Fixable | null;
  new: boolean;
  gap: boolean;
  place: string;
}
export interface Evidence {
  title: Text | string | null;
  author?: string | null;
  publisher: string | null;
  date: string | null;
  url: string | null;
  quote: Text | string | null;
  class: string | null;
  /** The class in words. */
  sort?: Text;
  /** Whether it existed on the day of the finding. */
  counts?: boolean;
}
export interface Edit {
  path: string;
  place: string;
  before: string;
  after: string;
}
export interface Finding extends FindingHead {
  why: Text;
  help: Text | null;
  evidence: Evidence[];
  since: string | null;
  until: string | null;
  related: { file?: string; path: string; place: string; text: Text | null }[];
  related_more: number;
  fixes: { k: number; title: Text; applicability: Fixable; preview: Edit[] }[];
  /** How many findings the rule has in the run, and in how many files. */
  same?: { rule: number; files?: number };
  /** The code it is about, in a picture or video that may be another file than the finding's. */
  box: FindingBox | null;
  assumed?: Text | null;
  fingerprint: string;
}
export interface FindingBox {
  path?: string;
  width?: number;
  height?: number;
  x: number;
  y: number;
  w: number;
  h: number;
  at: number | null;
  content?: string | null;
  score?: number | null;
}
/** A finding of a text that belongs to no project: only its span is known besides the message. */
export interface TryFinding extends FindingHead {
  help?: Text | null;
  why?: Text;
  /** UTF-16 units of the text. */
  range?: { start: number; end: number } | null;
  span?: { start: number; end: number } | null;
}
export interface Checked {
  as_of: string;
  summary?: Summary;
  findings: TryFinding[];
  more: number;
  problems: Problem[];
}
export interface Problem {
  file?: string | null;
  path?: string;
  place: string;
  message: Text;
  help: Text | null;
}
export interface FacetValue {
  value: string;
  count: number;
  title?: Text;
  path?: string;
  name?: string | null;
}
export type FacetName = 'severity' | 'confidence' | 'group' | 'rule' | 'file' | 'shop' | 'fixable' | 'new';
export type Facets = Record<FacetName, FacetValue[]> & { more?: Partial<Record<FacetName, number>> };
export interface Findings {
  total: number;
  items: FindingHead[];
  facets: Facets;
}
export interface TrendPoint {
  run: string;
  as_of: string;
  started: string;
  errors: number;
  warnings: number;
  infos: number;
}
export interface Forecast {
  date: string;
  rule: string;
  title: Text;
  count: number;
  text: Text;
}
