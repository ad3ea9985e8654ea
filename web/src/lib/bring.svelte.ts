//! Brings files into a project in batches, with progress, and starts the check.
import type { FileHead } from '../api';
import { backend } from '../backend';
import { both } from '../words';
import type { Given } from './drop';
import { bytes } from './format';
import { session } from './project.svelte';
import { link, route } from './route.svelte';
import { toasts } from './toast.svelte';

const BATCH_FILES = 50;
const BATCH_BYTES = 64 << 20;

class Bringing {
  total: number = $state(0);
  done: number = $state(0);
  sent: number = $state(0);
  of: number = $state(0);
  get busy(): boolean {
    return this.total > 0;
  }

  /** Uploads into a project (a new one unless given), checks it and shows it. */
  async bring(name: string, given: Given[], into?: string): Promise<FileHead[]> {
    const fit = this.bounded(given);
    if (!fit.length || this.busy) return [];
    const made: FileHead[] = [];
    const view = route.path;
    this.total = fit.length;
    this.done = this.sent = 0;
    this.of = fit.reduce((sum, one) => sum + one.file.size, 0);
    try {
      const id = into ?? (await backend.createProject(name)).id;
      const api = backend.project(id);
      let before = 0;
      for (const batch of batches(fit)) {
        const form = new FormData();
        for (const one of batch) form.append('file', one.file, one.path);
        made.push(...(await api.uploadFiles(form, (sent) => (this.sent = before + sent))).files);
        before += batch.reduce((sum, one) => sum + one.file.size, 0);
        this.sent = before;
        this.done += batch.length;
      }
      const project = session.open(id);
      await project.check();
      await project.load();
      if (route.path === view && route.parts[1] !== id) route.go(link(['p', id]));
    } catch (error) {
      toasts.fail(error);
    } finally {
      this.total = 0;
    }
    return made;
  }

  private bounded(given: Given[]): Given[] {
    const limits = session.about?.limits;
    if (!limits) return given;
    const fit = given.filter((one) => one.file.size <= limits.upload_bytes);
    for (const one of given.filter((one) => one.file.size > limits.upload_bytes).slice(0, 3)) {
      const values = { name: one.path, size: bytes(one.file.size), limit: bytes(limits.upload_bytes) };
      toasts.add('error', both('tooBig', values));
    }
    if (fit.length > limits.files) {
      const values = { limit: limits.files, n: fit.length - limits.files };
      toasts.add('error', both('tooMany', values));
    }
    return fit.slice(0, limits.files);
  }
}

function* batches(given: Given[]): Generator<Given[]> {
  let batch: Given[] = [];
  let size = 0;
  for (const one of given) {
    if (batch.length && (batch.length >= BATCH_FILES || size + one.file.size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(one);
    size += one.file.size;
  }
  if (batch.length) yield batch;
}

export const bringing = new Bringing();
