//! The project that is open: its files, its last run, and the run that goes on.
import type { FileHead, Progress, ProjectHead, RunHead, Summary, Text } from '../api';
import type { Changed } from '../api-work';
import { backend, listOf, type ProjectApi } from '../backend';
import { ApiError } from '../http';
import { summaryOf } from '../normal';
import { both } from '../words';
import { toasts } from './toast.svelte';

export class OpenProject {
  readonly api: ProjectApi;
  head: ProjectHead | null = $state.raw(null);
  files: FileHead[] = $state.raw([]);
  run: RunHead | null = $state.raw(null);
  progress: Progress | null = $state.raw(null);
  /** Findings so far: views reload their windows when it grows. */
  found: number = $state(0);
  failure: unknown = $state.raw(null);
  /** The run whose end was last seen: files and marks are read again when it changes. */
  settled: string = $state('');
  #follow: AbortController | null = null;
  #soon = 0;
  #starting: Promise<void> | null = null;

  constructor(readonly id: string) {
    this.api = backend.project(id);
    void this.load();
  }

  get running(): boolean {
    return this.run?.state === 'running';
  }
  get readonly(): boolean {
    return session.about?.readonly ?? false;
  }
  file(id: string): FileHead | undefined {
    return this.files.find((file) => file.id === id);
  }
  fileAt(path: string): FileHead | undefined {
    return this.files.find((file) => file.path === path);
  }

  async load(): Promise<void> {
    try {
      [this.head, this.files] = await Promise.all([this.api.head(), this.api.files().then(listOf)]);
      this.failure = null;
      const last = this.head.last_run;
      if (last && (last.id !== this.run?.id || last.state !== this.run.state)) this.take(last);
      // What was named at the start, or brought along by a second one, nobody has checked yet.
      if (!last && !this.run && this.files.length) void this.check();
    } catch (error) {
      this.failure = error;
    }
  }
  async loadFiles(): Promise<void> {
    this.files = listOf(await this.api.files());
  }

  /** Starts a run and follows it to its end. While one is being started, another is not. */
  async check(options: { as_of?: string; system?: string } = {}): Promise<void> {
    await (this.#starting ??= this.start(options).finally(() => (this.#starting = null)));
  }
  private async start(options: { as_of?: string; system?: string }): Promise<void> {
    try {
      this.take(await this.api.start(options));
    } catch (error) {
      toasts.fail(error);
    }
  }
  /** Several clicks in a row make one check, not one each. */
  checkSoon(): void {
    clearTimeout(this.#soon);
    this.#soon = window.setTimeout(() => void this.check(), 700);
  }
  async stop(): Promise<void> {
    if (this.run) await this.api.stop(this.run.id).catch((error: unknown) => toasts.fail(error));
  }
  /** After an edit, a fix or an undo: the server made a new run. `what` is offered for undo. */
  async changed(change: Changed, what?: Text): Promise<void> {
    const entry = change.entry;
    if (what) {
      const label = both('undo');
      toasts.add('good', what, null, entry ? { label, run: () => void this.undo(entry) } : null);
    }
    if (change.run) this.take(await this.api.run(change.run));
    else await this.load();
    await this.loadFiles();
  }
  async undo(entry: string): Promise<void> {
    try {
      await this.changed(await this.api.undo(entry), both('undone'));
    } catch (error) {
      toasts.fail(error);
    }
  }

  private take(run: RunHead): void {
    this.#follow?.abort();
    this.run = run;
    this.found = run.summary ? run.summary.errors + run.summary.warnings + run.summary.infos : 0;
    this.progress = run.progress;
    if (run.state === 'running') void this.follow(run.id);
    else this.settled = run.id;
  }
  private async follow(id: string): Promise<void> {
    const abort = (this.#follow = new AbortController());
    try {
      await this.api.follow(id, ({ event, data }) => this.hear(event, data), abort.signal);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) toasts.fail(error);
    }
    if (abort.signal.aborted) return;
    this.run = await this.api.run(id);
    const total = this.run.summary;
    if (total) this.found = total.errors + total.warnings + total.infos;
    this.settled = id;
    await this.load();
  }
  private hear(event: string, data: unknown): boolean {
    if (event === 'progress') this.progress = data as Progress;
    if (event === 'findings') this.found = (data as { total: number }).total;
    if (event === 'done' && this.run) this.run = { ...this.run, state: 'done', summary: summaryOf((data as { summary: Summary | null }).summary) };
    if (event === 'failed') {
      const error = (data as { error?: { message: Text; help?: Text | null } }).error;
      if (error) toasts.add('error', error.message, error.help ?? null);
    }
    return event === 'done' || event === 'failed' || event === 'stopped';
  }
  end(): void {
    this.#follow?.abort();
  }
}

class Session {
  about: Awaited<ReturnType<typeof backend.about>> | null = $state.raw(null);
  project: OpenProject | null = $state.raw(null);
  /** Titles of rules, for lists that carry ids alone. */
  ruleTitles: ReadonlyMap<string, Text> = $state.raw(new Map());

  async loadRuleTitles(): Promise<void> {
    if (this.ruleTitles.size) return;
    const rules = await backend.rules({ from: 0, n: 500 });
    this.ruleTitles = new Map(rules.items.map((rule) => [rule.id, rule.title]));
  }

  /** The project of an address; another one is closed first. */
  open(id: string): OpenProject {
    if (this.project?.id !== id) {
      this.project?.end();
      this.project = new OpenProject(id);
    }
    return this.project;
  }
}

export const session = new Session();
