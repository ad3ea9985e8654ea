//! One way to the server: the token as a header, errors as words.
import type { ErrorBody, Text } from './api';
import { both } from './words';
import { token } from './lib/token.svelte';

export const base = 'api/v1';

/** What went wrong, in both languages, with what to do about it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.message.en);
  }
}

const failure = (code: string, message: Text, help: Text | null = null): ErrorBody => ({ code, message, help, place: null });
const unreachable = () => failure('unreachable', both('unreachable'), both('unreachableHelp'));

export function authorization(): Record<string, string> {
  return { Authorization: `Bearer ${token.value}` };
}

/** The error of an answer, whether or not its body is one of ours. */
export function errorOf(status: number, body: unknown): ApiError {
  const error = (body as { error?: ErrorBody } | null)?.error;
  if (status === 401) token.refused = true;
  if (error?.message) return new ApiError(status, error);
  return new ApiError(status, failure('http', both('serverAnswered', { status })));
}

export async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = { method, headers: authorization(), cache: 'no-store' };
  if (signal) init.signal = signal;
  if (body instanceof FormData) init.body = body;
  else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...authorization(), 'Content-Type': 'application/json' };
  }
  let answer: Response;
  try {
    answer = await fetch(`${base}${path}`, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, unreachable());
  }
  if (!answer.ok) throw errorOf(answer.status, await answer.json().catch(() => null));
  return answer;
}

export async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await send(method, path, body, signal);
  const text = await answer.text();
  return (text ? JSON.parse(text) : null) as T;
}

export type Query = Record<string, string | number | boolean | string[] | null | undefined>;

export function query(values: Query | URLSearchParams): string {
  if (values instanceof URLSearchParams) return values.size ? `?${values}` : '';
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) out.append(key, String(one));
  }
  return out.size ? `?${out}` : '';
}

/** Uploads with progress, which `fetch` cannot tell. */
export function upload<T>(path: string, form: FormData, onprogress: (sent: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${base}${path}`);
    request.setRequestHeader('Authorization', `Bearer ${token.value}`);
    request.responseType = 'json';
    request.upload.onprogress = (event) => onprogress(event.loaded);
    request.onerror = () => reject(new ApiError(0, unreachable()));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as T);
      else reject(errorOf(request.status, request.response));
    };
    request.send(form);
  });
}
