//! Server-sent events by `fetch`: `EventSource` cannot send a header.
import { ApiError, authorization, base, errorOf } from './http';

export interface StreamEvent {
  event: string;
  data: unknown;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One event of the stream's text, or nothing for a comment. */
export function parseEvent(block: string): { id: string | null; event: StreamEvent | null } {
  let id: string | null = null;
  let name = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const key = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (key === 'id') id = value;
    else if (key === 'event') name = value;
    else if (key === 'data') data.push(value);
  }
  if (!data.length) return { id, event: null };
  return { id, event: { event: name, data: JSON.parse(data.join('\n')) as unknown } };
}

/**
 * Follows a stream until `on` answers true (it has seen the last event) or `signal` fires. A broken
 * connection is taken up again after the last event seen, with growing pauses up to five seconds.
 */
export async function follow(path: string, on: (event: StreamEvent) => boolean, signal: AbortSignal): Promise<void> {
  let last: string | null = null;
  for (let failures = 0; !signal.aborted && failures < 30; failures++) {
    try {
      const headers = { ...authorization(), Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) };
      const answer = await fetch(`${base}${path}`, { headers, signal, cache: 'no-store' });
      if (!answer.ok) throw errorOf(answer.status, await answer.json().catch(() => null));
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        failures = 0;
        const blocks = (rest + value.replace(/\r\n?/g, '\n')).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const parsed = parseEvent(block);
          last = parsed.id ?? last;
          if (parsed.event && on(parsed.event)) {
            await reader.cancel();
            return;
          }
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) throw error;
    }
    await pause(Math.min(5000, 250 * 2 ** failures));
  }
}
