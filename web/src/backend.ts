//! Every call of the HTTP API, typed.
import type {
  About, Boxes, Checked, FileHead, Finding, Findings, Forecast, Lines, Mapping, Page, Problem, ProjectHead, Role, Rows,
  RunHead, TrendPoint, TryAs, TryFinding,
} from './api';
import type {
  CalendarDay, Changed, Decision, Entry, FixPreview, FixScope, FleetLimit, Group, PersonTasks, PlanHead, PlanShop,
  PlanShopDetail, PlanStatus, Rule, RuleHead, Settings, Verified,
} from './api-work';
import { json, query, send, upload, type Query } from './http';
import { findingOf, findingsOf, projectOf, runOf } from './normal';
import { follow, type StreamEvent } from './stream';

const get = <T>(path: string, signal?: AbortSignal) => json<T>('GET', path, undefined, signal);
const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal) => json<T>('POST', path, body, signal);
const put = <T>(path: string, body: unknown) => json<T>('PUT', path, body);
const id = encodeURIComponent;

export const backend = {
  about: () => get<About>('/about'),
  checkText: (text: string, as: TryAs, signal?: AbortSignal) =>
    post<Checked>('/check', { texts: [{ text, as }] }, signal),
  rules: (filters: Query) => get<Page<RuleHead>>(`/rules${query(filters)}`),
  rule: (rule: string) => get<Rule>(`/rules/${rule.split('/').map(id).join('/')}`),
  groups: () => get<Group[] | { items: Group[] }>('/groups'),
  projects: async () => listOf(await get<ProjectHead[] | { items: ProjectHead[] }>('/projects')).map(projectOf),
  createProject: async (name: string) => projectOf(await post<ProjectHead>('/projects', { name })),
  project: (p: string) => new ProjectApi(`/projects/${id(p)}`),
};

export class ProjectApi {
  constructor(readonly path: string) {}

  head = async () => projectOf(await get<ProjectHead>(this.path));
  rename = async (name: string) => projectOf(await json<ProjectHead>('PATCH', this.path, { name }));
  remove = () => send('DELETE', this.path);

  file = (f: string) => get<FileHead>(`${this.path}/files/${id(f)}`);
  files = () => get<FileHead[] | { items: FileHead[] }>(`${this.path}/files`);
  uploadFiles = (form: FormData, onprogress: (sent: number) => void) =>
    upload<{ files: FileHead[] }>(`${this.path}/files`, form, onprogress);
  addText = (path: string, text: string) => post<FileHead>(`${this.path}/texts`, { path, text });
  setRole = (f: string, role: Role | null) => json<FileHead>('PATCH', `${this.path}/files/${id(f)}`, { role });
  removeFile = (f: string) => send('DELETE', `${this.path}/files/${id(f)}`);
  raw = async (f: string) => (await send('GET', `${this.path}/files/${id(f)}/raw`)).blob();
  frame = async (f: string, at: number) => (await send('GET', `${this.path}/files/${id(f)}/frame?at=${at}`)).blob();
  rows = (f: string, sheet: string | null, from: number, n: number) =>
    get<Rows>(`${this.path}/files/${id(f)}/rows${query({ sheet, from, n })}`);
  lines = (f: string, from: number, n: number) => get<Lines>(`${this.path}/files/${id(f)}/lines${query({ from, n })}`);
  boxes = (f: string) => get<Boxes>(`${this.path}/files/${id(f)}/boxes`);
  mapping = (f: string, sheet: string | null) => get<Mapping>(`${this.path}/files/${id(f)}/mapping${query({ sheet })}`);
  saveMapping = (f: string, body: { sheet: string | null; kind: string; columns: { heading: string; field: string | null }[] }) =>
    put<Changed>(`${this.path}/files/${id(f)}/mapping`, body);

  start = async (options: { as_of?: string; system?: string } = {}) => runOf(await post<RunHead>(`${this.path}/runs`, options));
  run = async (r: string) => runOf(await get<RunHead>(`${this.path}/runs/${id(r)}`));
  stop = (r: string) => post<unknown>(`${this.path}/runs/${id(r)}/stop`);
  follow = (r: string, on: (event: StreamEvent) => boolean, signal: AbortSignal) =>
    follow(`${this.path}/runs/${id(r)}/events`, on, signal);
  findings = async (r: string, filters: URLSearchParams, signal?: AbortSignal) =>
    findingsOf(await get<Findings>(`${this.path}/runs/${id(r)}/findings${query(filters)}`, signal));
  finding = async (r: string, n: number) => findingOf(await get<Finding>(`${this.path}/runs/${id(r)}/findings/${n}`));
  problems = (r: string) => get<Page<Problem>>(`${this.path}/runs/${id(r)}/problems?from=0&n=200`);
  exportPath = (r: string, format: string, filters: URLSearchParams) => {
    const all = new URLSearchParams(filters);
    all.set('format', format);
    return `${this.path}/runs/${id(r)}/export?${all}`;
  };
  trend = () => get<TrendPoint[]>(`${this.path}/trend`);
  forecast = (days: number) => get<Forecast[]>(`${this.path}/forecast?days=${days}`);

  previewFixes = (run: string, scope: FixScope, unsafe: boolean) =>
    post<FixPreview>(`${this.path}/fixes/preview`, { run, ...scope, ...(unsafe ? { unsafe } : {}) });
  applyFixes = (run: string, scope: FixScope, unsafe: boolean, digest: string) =>
    post<Changed>(`${this.path}/fixes`, { run, ...scope, ...(unsafe ? { unsafe } : {}), digest });
  editCell = (f: string, edit: { sheet: string | null; row: number; column: number; text: string; was: string }) =>
    put<Changed>(`${this.path}/files/${id(f)}/cell`, edit);
  editLine = (f: string, edit: { line: number; text: string; was: string }) =>
    put<Changed>(`${this.path}/files/${id(f)}/line`, edit);
  tryEdit = (f: string, edit: { sheet?: string; row?: number; column?: number; line?: number; text: string; was: string }, signal?: AbortSignal) =>
    post<{ findings: TryFinding[] }>(`${this.path}/files/${id(f)}/try`, edit, signal);
  journal = () => get<Entry[] | { items: Entry[] }>(`${this.path}/journal`);
  undo = (e: string) => post<Changed>(`${this.path}/journal/${id(e)}/undo`);
  silence = (body: { run: string; findings?: number[]; rule?: string; reason: string; until?: string }) =>
    post<Changed>(`${this.path}/silence`, body);
  baseline = (run: string) => post<Changed>(`${this.path}/baseline`, { run });
  dropBaseline = () => send('DELETE', `${this.path}/baseline`);
  settings = () => get<Settings>(`${this.path}/settings`);
  saveSettings = (settings: Partial<Settings>) => put<Changed>(`${this.path}/settings`, settings);

  plans = () => get<PlanHead[] | { items: PlanHead[] }>(`${this.path}/plans`);
  createPlan = (body: { cutover: string; per_day?: number; as_of?: string }) => post<PlanHead>(`${this.path}/plans`, body);
  plan = (m: string) => new PlanApi(`${this.path}/plans/${id(m)}`);
}

export class PlanApi {
  constructor(readonly path: string) {}
  head = () => get<PlanHead>(this.path);
  shops = (filters: Query) => get<Page<PlanShop>>(`${this.path}/shops${query(filters)}`);
  shop = (s: string) => get<PlanShopDetail>(`${this.path}/shops/${id(s)}`);
  calendar = () => get<CalendarDay[]>(`${this.path}/calendar`);
  limits = () => get<FleetLimit[] | { items: FleetLimit[] }>(`${this.path}/limits`);
  tasks = () => get<PersonTasks[] | { items: PersonTasks[] }>(`${this.path}/tasks`);
  checkName = (shop: string, name: string, signal?: AbortSignal) =>
    post<{ ok: boolean; findings: TryFinding[] }>(`${this.path}/names/check`, { shop, name }, signal);
  decide = (body: { shops?: Record<string, Decision>; per_day?: number }) => put<PlanHead>(`${this.path}/decisions`, body);
  apply = (digest: string, only?: string[]) => post<{ application: string }>(`${this.path}/apply`, only ? { digest, only } : { digest });
  status = () => get<PlanStatus>(`${this.path}/status`);
  step = (what: 'resume' | 'rollback' | 'stop') => post<unknown>(`${this.path}/${what}`);
  verify = () => post<Verified>(`${this.path}/verify`);
  follow = (on: (event: StreamEvent) => boolean, signal: AbortSignal) => follow(`${this.path}/events`, on, signal);
  exportPath = (format: string) => `${this.path}/export?format=${format}`;
}

/** Lists come bare or as a window; both read the same. */
export function listOf<T>(answer: T[] | { items: T[] }): T[] {
  return Array.isArray(answer) ? answer : answer.items;
}

/** Saves what an address answers as a file. A header cannot ride on a link, so it goes by a blob. */
export async function download(path: string, name: string): Promise<void> {
  const answer = await send('GET', path);
  const url = URL.createObjectURL(await answer.blob());
  const anchor = document.createElement('a');
  anchor.href = url;
  const said = /filename\*=UTF-8''([^;]+)/i.exec(answer.headers.get('Content-Disposition') ?? '')?.[1];
  anchor.download = said ? decodeURIComponent(said) : name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}
