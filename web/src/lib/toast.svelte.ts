//! Short notes at the foot of the page; an error stays until it is closed.
import type { Text } from '../api';
import { ApiError } from '../http';
import { both } from '../words';

export interface Toast {
  id: number;
  kind: 'good' | 'error';
  message: Text;
  help: Text | null;
  action: { label: Text; run: () => void } | null;
}

class Toasts {
  all: Toast[] = $state([]);
  #next = 0;

  add(kind: Toast['kind'], message: Text, help: Text | null = null, action: Toast['action'] = null): void {
    const id = this.#next++;
    this.all = [...this.all.slice(-3), { id, kind, message, help, action }];
    if (kind === 'good') setTimeout(() => this.close(id), 8000);
  }
  close(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id);
  }
  /** Shows what failed; errors of this page itself too, so that nothing fails silently. */
  fail(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (error instanceof ApiError) this.add('error', error.body.message, error.body.help);
    else this.add('error', both('pageFailed', { error: String(error) }));
  }
}

export const toasts = new Toasts();

/** Runs `work` and shows its error, if any. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    toasts.fail(error);
    return undefined;
  }
}
