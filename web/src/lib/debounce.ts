/** Calls `work` once no call came for `ms`; the last arguments win. */
export function debounce<A extends unknown[]>(ms: number, work: (...args: A) => void): (...args: A) => void {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => work(...args), ms);
  };
}
