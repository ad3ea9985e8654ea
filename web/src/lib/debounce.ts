/** Calls `work` once no call came for `ms`; the last arguments win. */
export function debounce<A extends unknown[]>(ms: number, work: (...args: A) => void): (...args: A) => void {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => work(...args), ms);
  };
}

/**
 * Calls `work` one at a time, and rests after each as long as it took (at least `ms`): what grows
 * while a run goes on is read again without keeping the server busy with reading alone.
 */
export function paced(ms: number, work: () => Promise<unknown>): () => void {
  let busy = false;
  let again = false;
  return async function call() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const start = performance.now();
    await work().catch(() => undefined);
    setTimeout(() => {
      busy = false;
      if (!again) return;
      again = false;
      void call();
    }, Math.max(ms, performance.now() - start));
  };
}
